#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/remote/remote_host.hpp"

#include "lib/remote/byte_channel.hpp"
#include "lib/remote/shell_text.hpp"

namespace umsadm::remote {

// The one root shell of a connection: scripts go in, their output and exit status come back.
class RootShell {
public:
    // `channel` leads to a shell that has printed its start token.
    RootShell(std::unique_ptr<ByteChannel> channel, std::string end_token, std::string host)
        : m_channel(std::move(channel)), m_end_token(std::move(end_token)), m_host(std::move(host)) {}

    // What RemoteHost promises.
    std::vector<CommandResult> run_in_turn(std::span<const Command> commands, const Cancellation* cancellation);
    bool lock_folder(const std::string& path, const Cancellation* cancellation);

private:
    struct Message {
        std::string head;
        ByteView input{};
        std::size_t max_output;
    };

    // Sends all of them, then reads an answer to each.
    std::vector<CommandResult> converse(std::span<const Message> messages, const Deadline& deadline);

    std::unique_ptr<ByteChannel> m_channel;
    std::string m_end_token;
    std::string m_host;
    std::string m_locked_folder;
    std::string m_tried_folder;  // locked by Command::try_lock, and nobody has asked for it yet
    bool m_greeted = false;      // the shell knows the end token
    bool m_usable = true;        // every answer up to now was read to its end
};

struct RootShellStart {
    // Starts the process; called again, with a terminal, when sudo wants one.
    std::function<std::unique_ptr<ByteChannel>(const ShellTokens&, Terminal)> open;
    const Secret* sudo_password = nullptr;
    std::function<void()> before_password{};  // as in SshLogin
    std::string host;
};

// Becomes root. Throws Code::login_refused when the login shell or sudo does not let us; a wrong password is tried once
// only.
RootShell start_root_shell(const RootShellStart& start, const Deadline& deadline);

}  // namespace umsadm::remote
