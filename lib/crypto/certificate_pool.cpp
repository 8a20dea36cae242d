#include "lib/crypto/certificate_pool.hpp"

#include <algorithm>

#include "umsadm/crypto/digest.hpp"

namespace umsadm {
namespace {

Fingerprint fingerprint_of(ByteView der) {
    const Bytes digest = sha256(der);
    std::array<std::uint8_t, Fingerprint::k_size> bytes{};
    std::copy(digest.begin(), digest.end(), bytes.begin());
    return Fingerprint(bytes);
}

}  // namespace

CertificatePool& CertificatePool::shared() {
    static CertificatePool pool;
    return pool;
}

std::shared_ptr<const Certificate::Data> CertificatePool::get(Bytes der, openssl::CertPtr decoded) {
    const Fingerprint fingerprint = fingerprint_of(der);
    {
        const std::lock_guard lock(m_guard);
        const auto found = m_members.find(fingerprint);
        if (found != m_members.end()) {
            if (auto known = found->second.lock()) return known;
        }
    }
    // Not make_shared: a member that is dead would keep the memory until it is forgotten.
    std::shared_ptr<const Certificate::Data> fresh(
        new Certificate::Data(std::move(der), fingerprint, std::move(decoded)));
    const std::lock_guard lock(m_guard);
    auto& member = m_members[fingerprint];
    if (auto known = member.lock()) return known;  // another thread was faster
    member = fresh;
    if (m_members.size() >= m_next_tidying) forget_dead();
    return fresh;
}

void CertificatePool::forget_dead() {
    std::erase_if(m_members, [](const Members::value_type& member) { return member.second.expired(); });
    m_next_tidying = 2 * m_members.size() + 64;
}

}  // namespace umsadm
