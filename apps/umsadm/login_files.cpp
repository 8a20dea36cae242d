#include "login_files.hpp"

#include <array>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_key_limit = 64 * 1024;
constexpr std::size_t k_known_hosts_limit = 16 * 1024 * 1024;
constexpr std::array<const char*, 3> k_usual_keys{"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"};
constexpr std::array<const char*, 2> k_usual_known_hosts{"~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"};

// The shell leaves the "~" of "--ssh-key=~/.ssh/id" alone, and so does whoever writes a record.
Path expanded(const std::string& path) {
    const char* const home = std::getenv("HOME");
    if (!path.starts_with("~/") || home == nullptr) return path;
    return Path(home) / path.substr(2);
}

bool is_there(const Path& path) {
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
    Bytes content = read_file(file, k_key_limit);
    struct Wipe {
        Bytes& bytes;
        ~Wipe() { wipe_memory(bytes.data(), bytes.size()); }
    } const wipe{content};
    return parse_key(context, file, content, password);
}

// Nobody asked for these keys: one that cannot be used is passed over.
std::vector<SshKey> load_usual_keys(Context& context, const LoginOptions& login) {
    std::vector<SshKey> keys;
    for (const char* const path : k_usual_keys) {
        const Path file = expanded(path);
        if (!is_there(file)) continue;
        try {
            keys.push_back(load_key(context, file, login.ssh_key_password));
        } catch (const Error& error) {
            if (error.code() == Code::interrupted) throw;
            context.out.verbose(fmt::format("passing over a key: {}", error.message()));
        }
    }
    return keys;
}

bool names_no_way(const LoginOptions& login) {
    return login.ssh_keys.empty() && !login.ssh_password && !login.ssh_agent.value_or(false);
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(expanded(path)).lexically_normal(); }

}  // namespace

std::vector<SshKey> load_ssh_keys(Context& context, const LoginOptions& login) {
    if (names_no_way(login)) return load_usual_keys(context, login);
    std::vector<SshKey> keys;
    for (const std::string& path : login.ssh_keys) {
        keys.push_back(load_key(context, expanded(path), login.ssh_key_password));
    }
    return keys;
}

std::optional<std::string> find_ssh_agent(const LoginOptions& login) {
    const bool wanted = login.ssh_agent.value_or(false);
    const bool forbidden = !login.ssh_agent.value_or(true);
    if (forbidden || (!wanted && !names_no_way(login))) return std::nullopt;
    const char* const socket = std::getenv("SSH_AUTH_SOCK");
    if (socket != nullptr && *socket != '\0') return socket;
    if (!wanted) return std::nullopt;
    throw Error(Code::usage, "there is no SSH agent: the environment variable SSH_AUTH_SOCK is not set",
                "start one with \"eval $(ssh-agent)\" and add a key with ssh-add, or use --ssh-key");
}

std::vector<std::string> load_known_hosts(const LoginOptions& login) {
    std::vector<std::string> contents;
    for (const std::string& path : login.known_hosts) {
        contents.push_back(read_text_file(expanded(path), k_known_hosts_limit));
    }
    if (!login.known_hosts.empty()) return contents;
    for (const char* const path : k_usual_known_hosts) {
        const Path file = expanded(path);
        if (is_there(file)) contents.push_back(read_text_file(file, k_known_hosts_limit));
    }
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
