#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/host_name.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/crypto/key_spec.hpp"

namespace umsadm {

// RFC 5280, 4.2.1.9.
struct BasicConstraints {
    bool ca = false;
    std::optional<int> path_length;  // the "CA counter" of the UMS Console

    bool operator==(const BasicConstraints&) const = default;
};

// The parts of a name that umsadm reads and writes. An absent part is empty. All are UTF-8.
struct SubjectFields {
    std::string common_name;
    std::string holder;  // attribute "name", 2.5.4.41: first and last name of the certificate's holder
    std::string organization;
    std::string locality;
    std::string country;  // two letters

    bool operator==(const SubjectFields&) const = default;
};

// An X.509 certificate: an immutable value, cheap to copy.
class Certificate {
public:
    // Exactly one certificate, nothing after it. Throws Code::invalid_data.
    static Certificate from_der(ByteView der);

    const Bytes& der() const noexcept;
    std::string pem() const;
    const Fingerprint& fingerprint() const noexcept;

    // Names as RFC 4514 text, UTF-8 kept, control characters escaped: safe for a terminal.
    const std::string& subject() const noexcept;
    const std::string& issuer() const noexcept;
    // The names' DER, to compare: equal names are equal bytes here (OpenSSL's canonical form).
    const Bytes& canonical_subject() const noexcept;
    const Bytes& canonical_issuer() const noexcept;
    SubjectFields subject_fields() const;
    Bytes subject_der() const;                   // the name as it stands in the certificate, whatever it holds
    const std::string& serial() const noexcept;  // lower-case hex

    bool has_subject_alt_name() const noexcept;
    // DNS names and IP addresses of the Subject Alternative Name; entries that are no valid host name are left out
    // here and counted in unusable_host_count().
    const std::vector<HostName>& hosts() const noexcept;
    std::size_t unusable_host_count() const noexcept { return unusable_hosts().size(); }
    // Those entries' text, made printable: a DNS name with an underscore, an IP address that is written as a DNS name.
    const std::vector<std::string>& unusable_hosts() const noexcept;

    UtcTime not_before() const noexcept;
    UtcTime not_after() const noexcept;

    const std::optional<BasicConstraints>& basic_constraints() const noexcept;
    bool is_ca() const noexcept;                  // BasicConstraints with CA:TRUE
    bool may_sign_certificates() const noexcept;  // no keyUsage, or one with keyCertSign
    bool may_serve_tls() const noexcept;          // no extKeyUsage, or one with serverAuth (or any)

    const KeySpec& key() const noexcept;
    const Bytes& public_key_der() const noexcept;          // SubjectPublicKeyInfo
    const std::string& signature_digest() const noexcept;  // "sha512", "sha1", "md5"; "" when the algorithm has none

    bool is_self_issued() const noexcept;                // subject equals issuer
    bool is_self_signed() const;                         // ... and the signature verifies with its own key
    bool is_signed_by(const Certificate& issuer) const;  // name, and the signature verifies; no dates, no CA flag

    bool operator==(const Certificate& other) const noexcept { return fingerprint() == other.fingerprint(); }

    struct Data;  // lib/crypto/certificate_data.hpp

private:
    explicit Certificate(std::shared_ptr<const Data> data) : m_data(std::move(data)) {}
    friend const Data& data_of(const Certificate& certificate) noexcept;

    std::shared_ptr<const Data> m_data;
};

}  // namespace umsadm
