#include "umsadm/remote/remote_host.hpp"

namespace umsadm {

CommandResult RemoteHost::run(const Command& command) { return std::move(run_in_turn({&command, 1}).front()); }

}  // namespace umsadm
