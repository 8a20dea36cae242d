#pragma once

#include <string>

#include "umsadm/base/time.hpp"
#include "umsadm/crypto/certification_request.hpp"
#include "umsadm/crypto/issue.hpp"

namespace umsadm {

// How far a new certificate is dated back: clocks of devices and gateways may be slow.
constexpr std::chrono::hours k_back_dating{1};
constexpr std::chrono::days k_default_end_lifetime{365};
constexpr int k_default_root_years = 10;

struct RootRequest {
    std::string name;
    SubjectFields subject;  // an empty common name becomes `name`
    KeySpec key;
    UtcTime not_after;
    std::optional<int> path_length;
};

struct SignedRequest {
    std::string name;
    SubjectFields subject;
    Bytes subject_der;  // a whole name to be used as it stands (a renewal); `subject` does not count then
    CertificateType type = CertificateType::end_entity;
    std::vector<HostName> hosts;
    KeySpec key;
    UtcTime not_after;
    std::optional<int> path_length;  // for an intermediate
};

struct Issued {
    Certificate certificate;
    PrivateKey key;
};

// Makes, then reads the result again and compares it with the request (Code::failed when it differs).
// Throws Code::usage naming the field for what the profile forbids: no host in an end entity, a host in a CA, an end
// before the beginning, a common name equal to the issuer's.
Issued issue_root(const RootRequest& request, UtcTime now);
// The same for a key that is there already, in a token say; `request.key` does not count. Throws also Code::refused for
// a weak key.
Certificate issue_root_for_key(const RootRequest& request, const PrivateKey& key, UtcTime now);
// A root with the name (byte for byte), key and path length of `current` and new dates: the same authority. Throws
// Code::refused when `current` is no root, `key` is not its own or too weak.
Certificate extend_root(const Certificate& current, const PrivateKey& key, UtcTime not_after, UtcTime now);

// `issuer_chain`: the issuer first, up to its root. Throws Code::refused when the issuer is no CA, has expired or may
// not sign that deep.
Issued issue_signed(const SignedRequest& request, const std::vector<Certificate>& issuer_chain,
                    const PrivateKey& issuer_key, UtcTime now);

// The request that makes the next generation of `current`: every field as it is (the subject byte for byte); key kind
// and length of life too, but never a weaker key than a new certificate may have. An IP address that `current` has as a
// DNS name becomes an IP address. Throws Code::refused when `current` has a name that no new certificate may have: it
// would be lost.
SignedRequest renewal_request(const std::string& name, const Certificate& current, UtcTime now);

// Until when `ca` can sign an end certificate of the usual length that does not outlive it; empty when it is too short
// for that from the beginning.
std::optional<UtcTime> signs_full_length_until(const Certificate& ca);

// Signs `request` for the key of `asked` (a certification request, whose fields do not count here: `request` says what
// the certificate will say).
Certificate issue_for_request(const SignedRequest& request, const std::vector<Certificate>& issuer_chain,
                              const PrivateKey& issuer_key, const CertificationRequest& asked, UtcTime now);

// Signs `request` for an existing key (--reuse-key).
Certificate issue_for_key(const SignedRequest& request, const std::vector<Certificate>& issuer_chain,
                          const PrivateKey& issuer_key, const PrivateKey& subject_key, UtcTime now);

}  // namespace umsadm
