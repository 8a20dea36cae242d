#include "lib/jobs/import_issuers.hpp"

#include <utility>

#include "umsadm/crypto/chain.hpp"

namespace umsadm {

IssuerPool::IssuerPool(std::vector<Certificate> certificates) : m_all(std::move(certificates)) {
    std::vector<Certificate> reached;
    for (std::size_t i = 0; i < m_all.size(); ++i) {
        m_by_subject.emplace(m_all[i].canonical_subject(), i);
        m_by_issuer.emplace(m_all[i].canonical_issuer(), i);
        if (!m_all[i].is_self_signed()) continue;
        m_complete.insert(m_all[i].fingerprint());
        reached.push_back(m_all[i]);
    }
    while (!reached.empty()) {
        const Certificate next = reached.back();
        reached.pop_back();
        complete_twins(next);
        complete_below(next, reached);
    }
}

void IssuerPool::complete_below(const Certificate& issuer, std::vector<Certificate>& reached) {
    const auto [first, last] = m_by_issuer.equal_range(issuer.canonical_subject());
    for (auto entry = first; entry != last; ++entry) {
        const Certificate& certificate = m_all[entry->second];
        if (is_complete(certificate) || !certificate.is_signed_by(issuer)) continue;
        m_complete.insert(certificate.fingerprint());
        reached.push_back(certificate);
    }
}

// What they signed is found below `authority`: it has the same name and key.
void IssuerPool::complete_twins(const Certificate& authority) {
    const auto [first, last] = m_by_subject.equal_range(authority.canonical_subject());
    for (auto entry = first; entry != last; ++entry) {
        const Certificate& twin = m_all[entry->second];
        if (same_authority(twin, authority)) m_complete.insert(twin.fingerprint());
    }
}

std::optional<Certificate> IssuerPool::issuer_of(const Certificate& certificate) const {
    const auto [first, last] = m_by_subject.equal_range(certificate.canonical_issuer());
    for (auto entry = first; entry != last; ++entry) {
        const Certificate& issuer = m_all[entry->second];
        if (certificate.is_signed_by(issuer)) return issuer;
    }
    return std::nullopt;
}

Certificate IssuerPool::end_of_way(const Certificate& certificate) const {
    Certificate end = certificate;
    std::set<Fingerprint> passed;  // two that signed each other have no end
    while (passed.insert(end.fingerprint()).second) {
        const auto issuer = issuer_of(end);
        if (!issuer) break;
        end = *issuer;
    }
    return end;
}

}  // namespace umsadm
