#include "login_files.hpp"

#include <array>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "shared_logins.hpp"
#include "ssh_configs.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_key_limit = 64 * 1024;
constexpr std::size_t k_known_hosts_limit = 16 * 1024 * 1024;
constexpr std::array<const char*, 3> k_usual_keys{"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"};
constexpr const char* k_known_hosts_of_user = "~/.ssh/known_hosts";
constexpr const char* k_known_hosts_of_system = "/etc/ssh/ssh_known_hosts";

// The shell leaves the "~" of "--ssh-key=~/.ssh/id" alone, and so does whoever writes a record.
Path expanded(const std::string& path) {
    const char* const home = std::getenv("HOME");
    if (!path.starts_with("~/") || home == nullptr) return path;
    return Path(home) / path.substr(2);
}

// What is closed to us might as well not be there: ssh passes it over, too.
bool can_be_seen(const Path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

// A file of somebody else is that one's business: root may be let read keys that a group shares.
void refuse_open_key(const Path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0 || status.st_uid != ::geteuid()) return;
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
    throw Error(Code::failed,
                fmt::format("the private key {} is open to others (mode {:04o})", in_quotes(file.string()),
                            status.st_mode & 07777U),
                fmt::format("run \"chmod 600 {}\"", printable(shell_quoted(file.string()))));
}

SshKey parse_key(Context& context, const Path& file, ByteView content, const std::optional<SecretSource>& password) {
    try {
        SshKey key = SshKey::parse(file.string(), content, nullptr);
        refuse_open_key(file);
        return key;
    } catch (const Error& error) {
        // Only the key itself says whether it is encrypted.
        if (error.code() != Code::usage) throw;
        refuse_open_key(file);
        if (!password) throw;
    }
    const std::string what = fmt::format("passphrase of the key {}", in_quotes(file.string()));
    return SshKey::parse(file.string(), content, &context.secrets.read(*password, what));
}

SshKey load_key(Context& context, const Path& file, const std::optional<SecretSource>& password) {
    return context.logins.keys.get(file, [&] {
        Bytes content = read_file(file, k_key_limit);
        struct Wipe {
            Bytes& bytes;
            ~Wipe() { wipe_memory(bytes.data(), bytes.size()); }
        } const wipe{content};
        return parse_key(context, file, content, password);
    });
}

// Nobody asked for these keys: one that cannot be used is passed over.
void add_if_usable(std::vector<SshKey>& keys, Context& context, const Path& file, const LoginOptions& login) {
    if (!can_be_seen(file)) return;
    try {
        keys.push_back(load_key(context, file, login.ssh_key_password));
    } catch (const Error& error) {
        if (error.code() == Code::interrupted) throw;
        context.out.verbose(fmt::format("passing over a key: {}", error.message()));
    }
}

std::string with_tokens(const std::string& text, const LoginRoute& route) {
    return with_tokens(text, PathTokens{route.endpoint.host, route.asked, route.endpoint.port, route.user});
}

bool names_no_way(const LoginOptions& login) {
    return login.ssh_keys.empty() && !login.ssh_password && !login.ssh_agent.value_or(false);
}

std::optional<std::string> variable(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
}

// IdentityAgent may be a path, the name of the usual variable, "$" and the name of another one, or "none".
std::optional<std::string> agent_socket(const LoginRoute& route) {
    const std::string agent = route.config.identity_agent.value_or("SSH_AUTH_SOCK");
    if (agent == "none") return std::nullopt;
    if (agent == "SSH_AUTH_SOCK") return variable(agent);
    if (agent.starts_with('$') && !agent.starts_with("${")) return variable(agent.substr(1));
    return with_tokens(agent, route);
}

// The public half of a configured key, which may be all that there is of it on this machine.
std::optional<Bytes> public_key_beside(const std::string& path) {
    const Path file = path.ends_with(".pub") ? path : path + ".pub";
    if (!can_be_seen(file)) return std::nullopt;
    const auto words = split(trim(read_text_file(file, k_key_limit)), ' ');
    return words.size() < 2 ? std::nullopt : base64_decode(words[1]);
}

std::vector<Bytes> configured_public_keys(const LoginRoute& route, const std::vector<SshKey>& loaded) {
    std::vector<Bytes> blobs;
    for (const SshKey& key : loaded) blobs.push_back(key.public_blob());
    for (const std::string& path : route.config.identity_files) {
        if (auto blob = public_key_beside(with_tokens(path, route))) blobs.push_back(std::move(*blob));
    }
    return blobs;
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(expanded(path)).lexically_normal(); }

}  // namespace

std::vector<SshKey> load_ssh_keys(Context& context, const LoginOptions& login, const LoginRoute& route) {
    std::vector<SshKey> keys;
    for (const std::string& path : login.ssh_keys) {
        keys.push_back(load_key(context, expanded(path), login.ssh_key_password));
    }
    const std::vector<std::string>& configured = route.config.identity_files;
    if (names_no_way(login) || route.on_the_way) {
        for (const std::string& path : configured) add_if_usable(keys, context, with_tokens(path, route), login);
    }
    if (names_no_way(login) && configured.empty()) {
        for (const char* const path : k_usual_keys) add_if_usable(keys, context, expanded(path), login);
    }
    return keys;
}

SshAgentUse find_ssh_agent(const LoginOptions& login, const LoginRoute& route, const std::vector<SshKey>& loaded) {
    const bool wanted = login.ssh_agent.value_or(false);
    const bool forbidden = !login.ssh_agent.value_or(true);
    if (forbidden || (!wanted && !names_no_way(login))) return {};
    SshAgentUse use;
    use.socket = agent_socket(route);
    if (use.socket && route.config.identities_only.value_or(false)) {
        use.only = configured_public_keys(route, loaded);
        if (use.only.empty()) use.socket.reset();
    }
    if (use.socket || !wanted) return use;
    throw Error(Code::usage, "there is no SSH agent: the environment variable SSH_AUTH_SOCK is not set",
                "start one with \"eval $(ssh-agent)\" and add a key with ssh-add, or use --ssh-key");
}

std::vector<std::string> load_known_hosts(const LoginOptions& login, const LoginRoute& route) {
    std::vector<std::string> contents;
    for (const std::string& path : login.known_hosts) {
        contents.push_back(read_text_file(expanded(path), k_known_hosts_limit));
    }
    if (!login.known_hosts.empty()) return contents;
    const auto add = [&](const std::vector<std::string>& configured, const char* usual) {
        std::vector<Path> files;
        for (const std::string& path : configured) files.emplace_back(with_tokens(path, route));
        if (files.empty()) files.push_back(expanded(usual));
        for (const Path& file : files) {
            if (can_be_seen(file)) contents.push_back(read_text_file(file, k_known_hosts_limit));
        }
    };
    add(route.config.user_known_hosts, k_known_hosts_of_user);
    add(route.config.global_known_hosts, k_known_hosts_of_system);
    return contents;
}

void make_paths_absolute(LoginOptions& login) {
    for (std::string& path : login.ssh_keys) path = absolute(path);
    for (std::string& path : login.known_hosts) path = absolute(path);
    make_path_absolute(login.ssh_key_password);
    make_path_absolute(login.ssh_password);
    make_path_absolute(login.sudo_password);
}

void make_path_absolute(std::optional<SecretSource>& source) {
    if (source && source->kind == SecretSource::Kind::file) source->value = absolute(source->value);
}

}  // namespace umsadm::app
