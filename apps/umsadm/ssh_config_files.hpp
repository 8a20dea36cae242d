#pragma once

#include <optional>
#include <string>

#include "umsadm/base/file.hpp"

namespace umsadm::app {

// Whether a configuration of OpenSSH, ~/.ssh/config or /etc/ssh/ssh_config, has a line that could change how somebody
// logs in somewhere. The file that comes with OpenSSH has none, and then nobody needs to run ssh(1). The home folder is
// that of the user database, as OpenSSH looks for it.
bool open_ssh_is_configured();

// The same for one file and what it includes; `folder` is where its relative includes are. Not there: no.
bool concerns_logins(const Path& file, const Path& folder);

// The home folder of who runs this program, from the user database; empty when it has none.
Path home_of_user();

// ssh(1) in $PATH.
std::optional<std::string> find_ssh_program();

}  // namespace umsadm::app
