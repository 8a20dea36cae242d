#pragma once

#include <string>

#include "umsadm/base/time.hpp"
#include "umsadm/crypto/issue.hpp"
#include "umsadm/jobs/ums_id.hpp"

namespace umsadm::test {

inline const UtcTime k_ums_id_begin = *parse_utc("2026-11-21T12:00:00Z");

// A UMS ID as pki makes them, but with an EC key: RSA 4096 would only make the tests slow.
inline UmsId make_ums_id(const std::string& common_name = "UMS ID") {
    CertificateTemplate wanted;
    wanted.subject.common_name = common_name;
    wanted.not_before = k_ums_id_begin;
    wanted.not_after = k_ums_id_begin + std::chrono::days(7305);
    const PrivateKey key = PrivateKey::generate(KeySpec::parse("ec:p256"));
    return {issue_self_signed(wanted, key), key};
}

}  // namespace umsadm::test
