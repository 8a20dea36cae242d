#include "login.hpp"

#include <array>
#include <chrono>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/remote/local_host.hpp"

#include "login_files.hpp"

namespace umsadm::app {
namespace {

constexpr std::uint16_t k_ssh_port = 22;
constexpr std::size_t k_user_entry_size = 16 * 1024;
constexpr std::chrono::seconds k_host_key_patience{15};

void initialise_ssh_once() {
    static const bool done = (initialise_ssh(), true);
    (void)done;
}

void refuse_jump(const LoginOptions& login) {
    if (!login.jump) return;
    throw Error(Code::usage,
                fmt::format("the login goes through {}, and jump hosts are not supported by this version yet",
                            in_quotes(*login.jump)),
                "forward a local port with \"ssh -L\" and use it with --ssh-host and --ssh-port");
}

// The command line is not checked by the registry, which checks what is stored.
void check_login_of_run(const LoginOptions& login) {
    if (ssh_user(login) == "icg") {
        throw Error(Code::usage, "the user \"icg\" is the gateway's own service user and is not used to log in",
                    "use an account of your own that may use sudo: --ssh-user NAME");
    }
    refuse_jump(login);
}

// The library names the option that pins a key; here there is a command that compares first.
std::string with_trust_command(const std::string& hint, const LoginTarget& target) {
    if (hint.find("--host-key") == std::string::npos) return hint;
    return fmt::format("{}, or run \"umsadm {} trust {}\"", hint, target.kind, target.name);
}

struct LoginSecrets {
    const Secret* ssh = nullptr;
    const Secret* sudo = nullptr;
};

LoginSecrets read_secrets(Context& context, const std::string& who, const LoginOptions& login) {
    LoginSecrets secrets;
    if (!is_local(login)) secrets.ssh = context.secrets.read(login.ssh_password, fmt::format("password of {}", who));
    secrets.sudo = context.secrets.read(login.sudo_password, fmt::format("sudo password of {}", who));
    if (secrets.sudo == nullptr) secrets.sudo = secrets.ssh;
    return secrets;
}

std::unique_ptr<RemoteHost> connect_over_ssh(Context& context, const std::string& host, const LoginOptions& login) {
    initialise_ssh_once();
    check_login_of_run(login);
    SshTarget target;
    target.endpoint = ssh_endpoint(host, login);
    target.host_keys = {login.host_keys, load_known_hosts(login)};
    target.login.user = ssh_user(login);
    target.login.keys = load_ssh_keys(context, login);
    target.login.agent_socket = find_ssh_agent(login);
    const LoginSecrets secrets = read_secrets(context, describe_login(host, login), login);
    target.login.password = secrets.ssh;
    target.login.sudo_password = secrets.sudo;
    target.cancellation = &context.cancellation;
    return connect_ssh(target);
}

std::unique_ptr<RemoteHost> connect_locally(Context& context, const LoginOptions& login) {
    return open_local_host(read_secrets(context, "this machine", login).sudo, &context.cancellation);
}

}  // namespace

LoginTarget login_target(const Gateway& gateway) { return {"gateway", gateway.name, gateway.host, gateway.login}; }

LoginTarget login_target(const Server& server) { return {"server", server.name, server.host, server.login}; }

std::unique_ptr<RemoteHost> connect_login(const LoginTarget& target, Context& context) {
    const std::string where = describe_login(target.host, target.login);
    return with_context(fmt::format("connecting to {} {} ({})", target.kind, in_quotes(target.name), where), [&] {
        try {
            if (is_local(target.login)) return connect_locally(context, target.login);
            return connect_over_ssh(context, target.host, target.login);
        } catch (Error& error) {
            if (error.code() == Code::host_key) error.set_hint(with_trust_command(error.hint(), target));
            throw;
        }
    });
}

HostKey ask_for_host_key(const Context& context, const std::string& host, const LoginOptions& login) {
    initialise_ssh_once();
    refuse_jump(login);
    return fetch_host_key(ssh_endpoint(host, login), dial_directly, Deadline::in(k_host_key_patience, &context.cancellation));
}

Endpoint ssh_endpoint(const std::string& host, const LoginOptions& login) {
    return {login.ssh_host.value_or(host), login.ssh_port.value_or(k_ssh_port)};
}

std::string ssh_user(const LoginOptions& login) {
    if (login.ssh_user) return *login.ssh_user;
    std::array<char, k_user_entry_size> memory{};
    passwd entry{};
    passwd* found = nullptr;
    // Not getpwuid(): threads that connect at the same time would share its one answer.
    ::getpwuid_r(::geteuid(), &entry, memory.data(), memory.size(), &found);
    if (found != nullptr) return found->pw_name;
    throw Error(Code::usage, fmt::format("user {} of this machine has no name to log in with", ::geteuid()),
                "name one with --ssh-user");
}

bool is_local(const LoginOptions& login) noexcept { return login.local.value_or(false); }

std::string describe_login(const std::string& host, const LoginOptions& login) {
    if (is_local(login)) return "this machine";
    return fmt::format("{}@{}", ssh_user(login), ssh_endpoint(host, login).to_string());
}

}  // namespace umsadm::app
