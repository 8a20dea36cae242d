#pragma once

#include <string>
#include <vector>

#include "umsadm/crypto/chain.hpp"
#include "umsadm/crypto/issue.hpp"
#include "umsadm/pki/compatibility.hpp"
#include "umsadm/pki/profile.hpp"

namespace umsadm::test {

inline const UtcTime k_now = *parse_utc("2026-11-21T12:00:00Z");

// A certificate with its key, and the chain up to its root.
struct Holder {
    PrivateKey key;
    Chain chain;

    const Certificate& certificate() const { return chain.leaf(); }
};

inline Holder make_root(const std::string& name, std::chrono::days lifetime = std::chrono::days(3650),
                        std::optional<int> path_length = {}) {
    RootRequest request;
    request.name = name;
    request.key = KeySpec::parse("ec:p256");
    request.not_after = k_now + lifetime;
    request.path_length = path_length;
    Issued issued = issue_root(request, k_now);
    return {std::move(issued.key), {{issued.certificate}, true}};
}

// As it is written, without the rules of the profile: for what others might have made.
inline Holder make_signed(const Holder& issuer, const CertificateTemplate& wanted, const std::string& key = "ec:p256") {
    PrivateKey made = PrivateKey::generate(KeySpec::parse(key));
    Chain chain{{issue(wanted, made, issuer.certificate(), issuer.key)}, issuer.chain.complete};
    const auto& above = issuer.chain.certificates;
    chain.certificates.insert(chain.certificates.end(), above.begin(), above.end());
    return {std::move(made), std::move(chain)};
}

inline CertificateTemplate leaf_template(const std::string& name, const std::string& hosts) {
    CertificateTemplate wanted;
    wanted.subject.common_name = name;
    wanted.hosts = parse_host_list(hosts);
    wanted.not_before = k_now - std::chrono::days(1);
    wanted.not_after = k_now + std::chrono::days(365);
    return wanted;
}

inline CertificateTemplate ca_template(const std::string& name) {
    CertificateTemplate wanted = leaf_template(name, "");
    wanted.type = CertificateType::intermediate;
    wanted.not_after = k_now + std::chrono::days(2000);
    return wanted;
}

inline Holder make_leaf(const Holder& issuer, const std::string& hosts = "icg.example.com;10.0.0.5",
                        const std::string& name = "ICG Berlin") {
    return make_signed(issuer, leaf_template(name, hosts));
}

// Everything right: the starting point of which a test spoils one thing.
inline CompatibilityRequest request_for(const Holder& next, const Holder& current) {
    CompatibilityRequest request;
    request.next.name = "ICG Berlin";
    request.next.label = "ICG Berlin@3";
    request.next.chain = next.chain;
    request.next.root_name = "Root";
    request.next.has_key = true;
    request.current = CurrentCertificate{current.chain, true};
    request.gateway_host = HostName::parse("icg.example.com");
    return request;
}

}  // namespace umsadm::test
