#pragma once

#include <vector>

#include "umsadm/pki/profile.hpp"

namespace umsadm {

// Throw Code::usage naming the field that the profile forbids.
void check_request(const RootRequest& request, UtcTime now);
void check_request(const SignedRequest& request, const Certificate& issuer, UtcTime now);

// Throws Code::refused unless the first of `chain` may issue a certificate of this type at `now`.
void check_issuer(const std::vector<Certificate>& chain, const PrivateKey& issuer_key, CertificateType type,
                  UtcTime now);

// Throw Code::refused for a key that no certificate of ours may have: a weak one, and for what `issuer` signs its own.
void check_key(const KeySpec& spec);
void check_subject_key(const KeySpec& spec, const Bytes& public_key_der, const Certificate& issuer);

// Throws Code::failed when `made` is not what `wanted` says.
void check_result(const Certificate& made, const CertificateTemplate& wanted, const Bytes& public_key_der,
                  const Certificate& issuer);

}  // namespace umsadm
