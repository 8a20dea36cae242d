#include "jump_hosts.hpp"

namespace umsadm::app {

std::shared_ptr<JumpHost> JumpHosts::get(const std::string& name, const std::function<SshTarget()>& target) {
    const std::lock_guard lock(m_mutex);
    const auto known = m_known.find(name);
    if (known != m_known.end()) return known->second;
    return m_known.emplace(name, std::make_shared<JumpHost>(target())).first->second;
}

}  // namespace umsadm::app
