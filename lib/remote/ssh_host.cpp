#include "umsadm/remote/ssh_host.hpp"

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/remote/host_key_check.hpp"
#include "lib/remote/root_shell.hpp"
#include "lib/remote/ssh_channel.hpp"
#include "lib/remote/ssh_connect.hpp"
#include "lib/remote/ssh_login.hpp"

namespace umsadm {
namespace remote {

namespace {

class SshHost final : public RemoteHost {
public:
    SshHost(std::shared_ptr<SshSession> session, RootShell shell, std::string description,
            const Cancellation* cancellation)
        : m_session(std::move(session)),
          m_shell(std::move(shell)),
          m_description(std::move(description)),
          m_cancellation(cancellation) {}

    // The shell sees the end of its input when the connection ends: no need to close its channel first and wait for
    // that.
    ~SshHost() override { m_session->close(); }

    std::string description() const override { return m_description; }

    std::vector<CommandResult> run_in_turn(std::span<const Command> commands) override {
        return m_shell.run_in_turn(commands, m_cancellation);
    }

    bool lock_folder(const std::string& path) override { return m_shell.lock_folder(path, m_cancellation); }

    std::unique_ptr<Stream> connect_from_here(const Endpoint& endpoint, const Deadline& deadline) override {
        return open_forwarded_stream(m_session, endpoint, m_unfinished, deadline);
    }

private:
    std::shared_ptr<SshSession> m_session;
    RootShell m_shell;
    std::string m_description;
    const Cancellation* m_cancellation;
    std::optional<Endpoint> m_unfinished;  // an attempt of connect_from_here()
};

}  // namespace
}  // namespace remote

std::unique_ptr<RemoteHost> connect_ssh(const SshTarget& target) {
    const std::string where = printable(target.endpoint.to_string());
    const std::string description = fmt::format("{}@{}{}", printable(target.login.user), where,
                                                target.through.empty() ? "" : " through " + target.through);
    const auto session = remote::connect_verified(target);
    Deadline deadline = Deadline::in(target.connect_timeout, target.cancellation);
    SshLogin login = target.login;
    login.before_password = [&] {
        if (!target.login.before_password) return;
        target.login.before_password();
        deadline = Deadline::in(target.connect_timeout, target.cancellation);  // for all who hold it
    };
    remote::log_in(*session, login, where, deadline);
    remote::RootShellStart start;
    start.open = [&](const remote::ShellTokens& tokens, remote::Terminal terminal) {
        return remote::open_exec_channel(session, remote::shell_command_line(tokens, terminal), deadline);
    };
    start.sudo_password = login.sudo_password;
    start.before_password = login.before_password;
    start.host = where;
    return std::make_unique<remote::SshHost>(session, remote::start_root_shell(start, deadline), description,
                                             target.cancellation);
}

HostKey fetch_host_key(const Endpoint& endpoint, const SshDial& dial, const Deadline& deadline) {
    const auto session =
        remote::open_ssh_session({endpoint, dial}, remote::host_key_preference({}), deadline.remaining(), deadline);
    return session->host_key();
}

void initialise_ssh() {
    if (libssh2_init(0) != 0) throw Error(Code::failed, "cannot initialise libssh2");
}

}  // namespace umsadm
