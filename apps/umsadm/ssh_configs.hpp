#pragma once

#include <cstdint>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "umsadm/remote/open_ssh_config.hpp"

#include "output.hpp"

namespace umsadm::app {

// What the configuration of OpenSSH says, asked once in a run for each host, and never where it says nothing at all.
// Several threads may ask at once.
class SshConfigs {
public:
    struct Question {
        std::string host;  // as the user names it
        std::optional<std::string> user;
        std::optional<std::uint16_t> port;

        auto operator<=>(const Question&) const = default;
    };

    // Throws as ask_open_ssh().
    OpenSshConfig about(const Question& question, Output& out, const Cancellation& cancellation);

private:
    OpenSshConfig ask(const Question& question, Output& out, const Cancellation& cancellation);
    const std::string& defaults(const OpenSshQuestion& question, const Deadline& deadline);

    std::mutex m_mutex;
    std::map<Question, std::shared_future<OpenSshConfig>> m_known;
    std::once_flag m_defaults_asked;
    std::string m_defaults;
};

// The value of an option of OpenSSH that names a file: "~", ${NAME} and the %-tokens are put in.
struct PathTokens {
    std::string host;      // %h
    std::string original;  // %n
    std::uint16_t port;    // %p
    std::string user;      // %r
};
std::string with_tokens(const std::string& text, const PathTokens& tokens);

}  // namespace umsadm::app
