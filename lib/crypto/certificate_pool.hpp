#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "lib/crypto/certificate_data.hpp"

namespace umsadm {

// The certificates that live, each once. A run meets the same ones over and over, in the site, in keystores and in what
// servers show: whoever has one has also what another has found out about it.
class CertificatePool {
public:
    // Of all threads.
    static CertificatePool& shared();

    // `decoded` may be null. Throws Code::invalid_data.
    std::shared_ptr<const Certificate::Data> get(Bytes der, openssl::CertPtr decoded);

private:
    using Members = std::map<Fingerprint, std::weak_ptr<const Certificate::Data>>;

    void forget_dead();

    std::mutex m_guard;
    Members m_members;
    std::size_t m_next_tidying = 64;
};

}  // namespace umsadm
