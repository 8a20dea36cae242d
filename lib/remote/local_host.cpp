#include "umsadm/remote/local_host.hpp"

#include "umsadm/base/tcp.hpp"

#include "lib/remote/local_process.hpp"
#include "lib/remote/root_shell.hpp"

namespace umsadm {
namespace {

constexpr std::chrono::seconds k_start_timeout{15};
constexpr const char* k_description = "this machine";

class LocalHost final : public RemoteHost {
public:
    LocalHost(remote::RootShell shell, const Cancellation* cancellation)
        : m_shell(std::move(shell)), m_cancellation(cancellation) {}

    std::string description() const override { return k_description; }

    std::vector<CommandResult> run_in_turn(std::span<const Command> commands) override {
        return m_shell.run_in_turn(commands, m_cancellation);
    }

    bool lock_folder(const std::string& path) override { return m_shell.lock_folder(path, m_cancellation); }

    std::unique_ptr<Stream> connect_from_here(const Endpoint& endpoint, const Deadline& deadline) override {
        return connect_tcp(endpoint, deadline);
    }

private:
    remote::RootShell m_shell;
    const Cancellation* m_cancellation;
};

}  // namespace

std::unique_ptr<RemoteHost> open_local_host(const Secret* sudo_password, const Cancellation* cancellation,
                                            const std::function<void()>& before_password) {
    Deadline deadline = Deadline::in(k_start_timeout, cancellation);
    remote::RootShellStart start;
    start.open = [](const remote::ShellTokens& tokens, remote::Terminal terminal) {
        return remote::start_process(remote::shell_arguments(tokens, terminal));
    };
    start.sudo_password = sudo_password;
    start.before_password = [&] {
        if (!before_password) return;
        before_password();
        deadline = Deadline::in(k_start_timeout, cancellation);  // for all who hold it
    };
    start.host = k_description;
    return std::make_unique<LocalHost>(remote::start_root_shell(start, deadline), cancellation);
}

}  // namespace umsadm
