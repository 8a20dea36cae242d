#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/registry/login.hpp"
#include "umsadm/remote/ssh_key.hpp"

#include "context.hpp"

namespace umsadm::app {

// The private keys of `login`, or the usual ones of the user when it names no way to log in. A passphrase is read only
// when a key needs it. Throws Code::failed for a key that others can read, as OpenSSH does, and as SshKey::parse().
std::vector<SshKey> load_ssh_keys(Context& context, const LoginOptions& login);

// The socket of the user's SSH agent, where `login` wants it or names no way to log in.
// Throws Code::usage when it is wanted and there is none.
std::optional<std::string> find_ssh_agent(const LoginOptions& login);

// What the known_hosts files of `login` hold, else those of the user and the system that exist.
std::vector<std::string> load_known_hosts(const LoginOptions& login);

// The paths in `login` as they have to be stored: they mean the same wherever umsadm is called.
void make_paths_absolute(LoginOptions& login);
// The same for a password source.
void make_path_absolute(std::optional<SecretSource>& source);

}  // namespace umsadm::app
