#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

#include "lib/jobs/status_remarks.hpp"

namespace umsadm {
namespace {

// Who is above whom among the certificates of a site. There are thousands of leaves and few authorities, and a
// signature takes longer than all the rest to verify: it decides only where authorities share a name.
class Authorities {
public:
    explicit Authorities(const Inventory& inventory) {
        for (const StoredCertificate& stored : inventory.all()) {
            if (stored.certificate.is_ca()) m_by_subject.emplace(stored.certificate.canonical_subject(), &stored);
        }
    }

    // All that `leaf` depends on and the site has.
    std::set<const StoredCertificate*> above(const Certificate& leaf) const {
        std::set<const StoredCertificate*> found;
        std::vector<const Certificate*> below{&leaf};
        while (!below.empty()) {
            const Certificate& certificate = *below.back();
            below.pop_back();
            for (const StoredCertificate* issuer : issuers_of(certificate)) {
                if (found.insert(issuer).second) below.push_back(&issuer->certificate);
            }
        }
        return found;
    }

private:
    std::vector<const StoredCertificate*> issuers_of(const Certificate& certificate) const {
        const auto [first, last] = m_by_subject.equal_range(certificate.canonical_issuer());
        const bool clear = std::distance(first, last) == 1;
        std::vector<const StoredCertificate*> issuers;
        for (auto entry = first; entry != last; ++entry) {
            const StoredCertificate* const issuer = entry->second;
            if (clear || certificate.is_signed_by(issuer->certificate)) issuers.push_back(issuer);
        }
        return issuers;
    }

    std::multimap<Bytes, const StoredCertificate*> m_by_subject;
};

// Of an authority that was renewed or extended the one that lives longest counts: chains are built with it.
bool is_newest_of_its_authority(const StoredCertificate& stored, const std::set<const StoredCertificate*>& used) {
    return std::none_of(used.begin(), used.end(), [&](const StoredCertificate* other) {
        return other != &stored && other->certificate.not_after() > stored.certificate.not_after() &&
               same_authority(other->certificate, stored.certificate);
    });
}

}  // namespace

std::vector<CertificateStatus> judge_certificates(const Inventory& inventory,
                                                  const std::vector<GatewayStatus>& gateways, StatusRemarks& remarks) {
    const Authorities authorities(inventory);
    std::map<const StoredCertificate*, std::size_t> dependent;
    std::set<const StoredCertificate*> used_authorities;
    for (const GatewayStatus& gateway : gateways) {
        if (!gateway.certificate) continue;
        const auto above = authorities.above(*gateway.certificate);
        for (const StoredCertificate* authority : above) ++dependent[authority];
        used_authorities.insert(above.begin(), above.end());
        const StoredCertificate* const own = inventory.find(gateway.certificate->fingerprint());
        if (own != nullptr && !above.contains(own)) ++dependent[own];
    }

    std::vector<CertificateStatus> certificates;
    for (const StoredCertificate& stored : inventory.all()) {
        const CertificateType type = type_of(stored.certificate);
        const auto found = dependent.find(&stored);
        const std::size_t count = found == dependent.end() ? 0 : found->second;
        if (type == CertificateType::end_entity && count == 0 && inventory.newest(stored.record.name) != &stored) {
            continue;
        }
        certificates.push_back({&stored, type, count});
        if (!used_authorities.contains(&stored) || !is_newest_of_its_authority(stored, used_authorities)) continue;
        const std::string whose =
            fmt::format("the {} of {} gateway{}", type == CertificateType::root ? "root" : "intermediate CA", count,
                        count == 1 ? "" : "s");
        remarks.judge_end("certificate", stored.label(), whose, stored.certificate,
                          fmt::format("umsadm cert show {}", in_quotes(stored.label())));
    }
    return certificates;
}

}  // namespace umsadm
