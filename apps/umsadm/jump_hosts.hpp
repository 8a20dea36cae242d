#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "umsadm/remote/jump_host.hpp"

namespace umsadm::app {

// The jump hosts of a run, each with its one connection. Several threads may ask at once.
class JumpHosts {
public:
    // The jump host of this name, which says all that makes it differ from another; `target` tells how to log in to it
    // when it is asked for the first time.
    std::shared_ptr<JumpHost> get(const std::string& name, const std::function<SshTarget()>& target);

private:
    std::mutex m_mutex;
    std::map<std::string, std::shared_ptr<JumpHost>> m_known;
};

}  // namespace umsadm::app
