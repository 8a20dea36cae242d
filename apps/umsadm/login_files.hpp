#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/registry/login.hpp"
#include "umsadm/remote/ssh_key.hpp"

#include "context.hpp"
#include "login_route.hpp"

namespace umsadm::app {

// The private keys of `login`. When it names no way to log in, those of OpenSSH's configuration, else the usual ones of
// the user; of these the ones that cannot be used are passed over. A passphrase is read only when a key needs it.
// Throws Code::failed for a key that others can read, as OpenSSH does, and as SshKey::parse().
std::vector<SshKey> load_ssh_keys(Context& context, const LoginOptions& login, const LoginRoute& route);

struct SshAgentUse {
    std::optional<std::string> socket;
    std::vector<Bytes> only;  // public keys; empty: all that it has (see SshLogin)
};
// The user's SSH agent, where `login` wants it or names no way to log in. With IdentitiesOnly in OpenSSH's
// configuration it offers the configured keys only; `loaded` are those that were read.
// Throws Code::usage when it is wanted and there is none.
SshAgentUse find_ssh_agent(const LoginOptions& login, const LoginRoute& route, const std::vector<SshKey>& loaded);

// What the known_hosts files of `login` hold, else those of OpenSSH's configuration, else those of the user and the
// system; the last two where they exist.
std::vector<std::string> load_known_hosts(const LoginOptions& login, const LoginRoute& route);

// The paths in `login` as they have to be stored: they mean the same wherever umsadm is called.
void make_paths_absolute(LoginOptions& login);
// The same for a password source.
void make_path_absolute(std::optional<SecretSource>& source);

}  // namespace umsadm::app
