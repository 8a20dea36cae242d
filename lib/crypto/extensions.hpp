#pragma once

#include "lib/crypto/certificate_data.hpp"

namespace umsadm {

// Extensions of a certificate or of a certification request; null is none. A damaged one gives nothing away: no CA, no
// host, no permission.
using Extensions = STACK_OF(X509_EXTENSION);

struct AlternativeNames {
    bool present = false;
    std::vector<HostName> hosts;
    std::vector<std::string> unusable_hosts;
};

std::optional<BasicConstraints> read_basic_constraints(const Extensions* extensions);
AlternativeNames read_alternative_names(const Extensions* extensions);

// Fills what the extensions of a certificate say. A damaged extension does not make the certificate unreadable: it may
// sit in a trust store that must be kept as it is.
void read_extensions(const Extensions* extensions, CertificateContent& content);

}  // namespace umsadm
