#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "umsadm/base/file.hpp"
#include "umsadm/remote/ssh_key.hpp"

namespace umsadm::app {

// The private keys for logins that a run has read, each once: decrypting one costs a tenth of a second of a processor,
// and a rollout logs in at hundreds of gateways with the same one. For several threads.
class SshKeyRing {
public:
    // The key of the file; `load` reads it when nobody did yet. What `load` throws leaves the key to the next one.
    SshKey get(const Path& file, const std::function<SshKey()>& load) {
        const std::lock_guard one_reads(m_guard);
        const auto known = m_keys.find(file);
        return known != m_keys.end() ? known->second : m_keys.emplace(file, load()).first->second;
    }

private:
    std::mutex m_guard;
    std::map<Path, SshKey> m_keys;
};

}  // namespace umsadm::app
