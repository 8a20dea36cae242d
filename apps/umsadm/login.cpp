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
#include "login_route.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_user_entry_size = 16 * 1024;
constexpr std::chrono::seconds k_host_key_patience{15};

void initialise_ssh_once() {
    static const bool done = (initialise_ssh(), true);
    (void)done;
}

// The command line is not checked by the registry, which checks what is stored.
void refuse_service_user(const std::string& user) {
    if (user == "icg") {
        throw Error(Code::usage, "the user \"icg\" is the gateway's own service user and is not used to log in",
                    "use an account of your own that may use sudo: --ssh-user NAME");
    }
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

std::function<void()> before_password_of(const LoginTarget& machine, const std::string& user) {
    if (!machine.before_password) return {};
    return [before = machine.before_password, user] { before(user); };
}

std::unique_ptr<RemoteHost> connect_over_ssh(Context& context, const LoginRoute& route, const LoginTarget& machine) {
    initialise_ssh_once();
    refuse_service_user(route.user);
    SshTarget target = ssh_target(context, route, machine.login);
    const LoginSecrets secrets = read_secrets(context, describe_goal(route), machine.login);
    target.login.before_password = before_password_of(machine, route.user);
    target.login.password = secrets.ssh;
    target.login.sudo_password = secrets.sudo;
    try {
        return connect_ssh(target);
    } catch (Error& error) {
        const auto& certificates = route.config.certificates;
        if (error.code() != Code::login_refused || certificates.empty()) throw;
        error.set_hint(fmt::format("{}; the configuration of OpenSSH names the certificate {}, and umsadm uses none",
                                   error.hint(), in_quotes(certificates.front())));
        throw;
    }
}

std::unique_ptr<RemoteHost> connect_locally(Context& context, const LoginTarget& machine) {
    return open_local_host(read_secrets(context, "this machine", machine.login).sudo, &context.cancellation,
                           before_password_of(machine, {}));
}

}  // namespace

LoginTarget login_target(const Gateway& gateway) { return {"gateway", gateway.name, gateway.host, gateway.login}; }

LoginTarget login_target(const Server& server) { return {"server", server.name, server.host, server.login}; }

std::unique_ptr<RemoteHost> connect_login(const LoginTarget& target, Context& context) {
    const std::string whom = fmt::format("{} {}", target.kind, in_quotes(target.name));
    if (is_local(target.login)) {
        return with_context(fmt::format("connecting to {} (this machine)", whom),
                            [&] { return connect_locally(context, target); });
    }
    // Not before: who asks for what is read here has to name the user and the address that are really used.
    const LoginRoute route = with_context(fmt::format("finding out how to log in to {}", whom),
                                          [&] { return find_route(context, target.host, target.login); });
    return with_context(fmt::format("connecting to {} ({})", whom, describe_way(route)), [&] {
        try {
            return connect_over_ssh(context, route, target);
        } catch (Error& error) {
            if (error.code() == Code::host_key) error.set_hint(with_trust_command(error.hint(), target));
            throw;
        }
    });
}

ShownHostKey ask_for_host_key(Context& context, const std::string& host, const LoginOptions& login) {
    initialise_ssh_once();
    const LoginRoute route = find_route(context, host, login);
    ShownHostKey shown;
    shown.endpoint = route.endpoint;
    shown.through = route.through;
    shown.key = fetch_host_key(route.endpoint, route.dial, Deadline::in(k_host_key_patience, &context.cancellation));
    const std::string known = fmt::format("{}", fmt::join(load_known_hosts(login, route), "\n"));
    const auto& alias = route.config.host_key_alias;
    shown.known_hosts = (alias ? find_known_host(known, *alias, k_ssh_port)
                               : find_known_host(known, route.endpoint.host, route.endpoint.port))
                            .judge(shown.key);
    return shown;
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
