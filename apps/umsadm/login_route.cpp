#include "login_route.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/jump.hpp"
#include "umsadm/remote/jump_host.hpp"

#include "login.hpp"
#include "login_files.hpp"
#include "shared_logins.hpp"

namespace umsadm::app {
namespace {

// A configuration may lead in a circle.
constexpr int k_deepest = 8;

// What was found so far of a chain of jump hosts.
struct Way {
    std::shared_ptr<JumpHost> last;  // null: no jump host
    std::string name;                // tells it from every other way of this run
};

SshDial dial_of(const Way& way) { return way.last ? dial_through(way.last) : SshDial(dial_directly); }

std::vector<JumpHop> read_hops(const std::string& text, std::string_view origin) {
    std::string plain = text;
    constexpr std::string_view k_scheme = "ssh://";
    if (plain.starts_with(k_scheme)) plain.erase(0, k_scheme.size());
    const auto hops = parse_jump(plain);
    if (hops) return *hops;
    throw Error(Code::usage,
                fmt::format("{} names the jump host {}, which is not USER@HOST:PORT", origin, in_quotes(text)),
                "user and port may be left out; several jump hosts are separated by \",\"");
}

bool names(const std::vector<JumpHop>& hops, const std::string& host) {
    return std::any_of(hops.begin(), hops.end(),
                       [&](const JumpHop& hop) { return to_lower(hop.host) == to_lower(host); });
}

// A machine is not reached through itself ("Host *", "ProxyJump gate").
std::vector<JumpHop> configured_hops(const OpenSshConfig& config, const std::string& host) {
    if (config.proxy_jump) {
        const auto hops = read_hops(*config.proxy_jump, "the configuration of OpenSSH");
        return names(hops, host) ? std::vector<JumpHop>() : hops;
    }
    if (!config.proxy_command) return {};
    throw Error(Code::usage,
                fmt::format("the configuration of OpenSSH reaches {} with a ProxyCommand, and umsadm runs none",
                            in_quotes(host)),
                "name the machine on the way with --jump (or \"--jump none\"), or use --no-ssh-config");
}

OpenSshConfig ask_configuration(Context& context, const LoginOptions& login, const SshConfigs::Question& question) {
    if (!login.ssh_config.value_or(true)) return {};
    return context.logins.configs.about(question, context.out, context.cancellation);
}

// The user logs in to a jump host as the same person: the keys, the agent and the known_hosts of the run count there,
// too. The passwords are the host's and are not for anybody on the way.
LoginOptions login_on_the_way(const LoginOptions& login, const JumpHop& hop) {
    LoginOptions result;
    result.ssh_host = hop.host;
    result.ssh_port = hop.port;
    result.ssh_user = hop.user;
    result.ssh_keys = login.ssh_keys;
    result.ssh_key_password = login.ssh_key_password;
    result.ssh_agent = login.ssh_agent;
    result.known_hosts = login.known_hosts;
    result.ssh_config = login.ssh_config;
    return result;
}

std::string how_to_accept(const Endpoint& endpoint, const LoginOptions& login) {
    const std::string file = login.known_hosts.empty() ? "~/.ssh/known_hosts" : printable(login.known_hosts.front());
    return fmt::format("add it to {}: \"ssh-keyscan -t ed25519 -p {} {}\" prints the line", file, endpoint.port,
                       printable(endpoint.host));
}

LoginRoute make_route(const std::string& host, const LoginOptions& login, const OpenSshConfig& config, const Way& way) {
    LoginRoute route;
    route.asked = login.ssh_host.value_or(host);
    route.endpoint = {config.host_name.value_or(route.asked),
                      login.ssh_port.value_or(config.port.value_or(k_ssh_port))};
    route.user = !login.ssh_user && config.user ? *config.user : ssh_user(login);
    route.config = config;
    route.dial = dial_of(way);
    if (way.last) route.through = way.last->name();
    return route;
}

class WayFinder {
public:
    WayFinder(Context& context, const LoginOptions& login) : m_context(context), m_login(login) {}

    Way through(const std::vector<JumpHop>& hops, int depth) {
        if (depth > k_deepest) {
            throw Error(Code::usage, "the configuration of OpenSSH leads from jump host to jump host in a circle",
                        "name them with --jump, or use --no-ssh-config");
        }
        Way way;
        for (std::size_t i = 0; i < hops.size(); ++i) {
            const LoginOptions login = login_on_the_way(m_login, hops[i]);
            const OpenSshConfig config =
                ask_configuration(m_context, login, {hops[i].host, hops[i].user, hops[i].port});
            // As with OpenSSH, the first one may be behind others.
            if (i == 0) way = through(configured_hops(config, hops[i].host), depth + 1);
            way = add(way, hops[i].host, login, config);
        }
        return way;
    }

private:
    Way add(const Way& before, const std::string& host, const LoginOptions& login, const OpenSshConfig& config) {
        LoginRoute route = make_route(host, login, config, before);
        route.on_the_way = true;
        Way way;
        way.name = fmt::format("{}\n{}@{} {} {} {} {}", before.name, route.user, route.endpoint.to_string(),
                               fmt::join(login.ssh_keys, " "), fmt::join(login.known_hosts, " "),
                               login.ssh_agent.value_or(true), login.ssh_config.value_or(true));
        way.last = m_context.logins.jumps.get(way.name, [&] {
            return with_context(fmt::format("preparing the login to the jump host {}", in_quotes(host)), [&] {
                SshTarget target = ssh_target(m_context, route, login);
                target.host_keys.how_to_accept = how_to_accept(route.endpoint, login);
                return target;
            });
        });
        return way;
    }

    Context& m_context;
    const LoginOptions& m_login;
};

}  // namespace

LoginRoute find_route(Context& context, const std::string& host, const LoginOptions& login) {
    const std::string asked = login.ssh_host.value_or(host);
    const OpenSshConfig config = ask_configuration(context, login, {asked, login.ssh_user, login.ssh_port});
    const std::vector<JumpHop> hops = login.jump ? read_hops(*login.jump, "the login") : configured_hops(config, asked);
    return make_route(host, login, config, WayFinder(context, login).through(hops, 1));
}

std::string describe_goal(const LoginRoute& route) {
    return fmt::format("{}@{}", printable(route.user), printable(route.endpoint.to_string()));
}

std::string describe_way(const LoginRoute& route) {
    return route.through.empty() ? describe_goal(route)
                                 : fmt::format("{} through {}", describe_goal(route), route.through);
}

SshTarget ssh_target(Context& context, const LoginRoute& route, const LoginOptions& login) {
    SshTarget target;
    target.endpoint = route.endpoint;
    target.host_keys.pinned = login.host_keys;
    target.host_keys.known_hosts = load_known_hosts(login, route);
    target.host_keys.alias = route.config.host_key_alias.value_or("");
    target.login.user = route.user;
    target.login.keys = load_ssh_keys(context, login, route);
    const SshAgentUse agent = find_ssh_agent(login, route, target.login.keys);
    target.login.agent_socket = agent.socket;
    target.login.agent_keys = agent.only;
    target.cancellation = &context.cancellation;
    target.dial = route.dial;
    target.through = route.through;
    return target;
}

}  // namespace umsadm::app
