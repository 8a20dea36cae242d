#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/host_name.hpp"
#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/key_spec.hpp"
#include "umsadm/crypto/private_key.hpp"

namespace umsadm {

// A PKCS#10 certification request (RFC 2986, a "CSR"): an immutable value, cheap to copy. Its own signature is checked
// when it is read: whoever made it holds the private key.
class CertificationRequest {
public:
    // Exactly one request, nothing after it. Throws Code::invalid_data.
    static CertificationRequest from_der(ByteView der);
    // The only request of a PEM text: "CERTIFICATE REQUEST", or "NEW CERTIFICATE REQUEST" as older tools call it.
    static CertificationRequest from_pem(std::string_view text);

    const Bytes& der() const noexcept;
    std::string pem() const;

    const std::string& subject() const noexcept;  // as Certificate::subject()
    SubjectFields subject_fields() const;
    Bytes subject_der() const;
    // What the extension request asks for (RFC 2985, 5.4.2); umsadm decides itself what a certificate says.
    const std::vector<HostName>& hosts() const noexcept;
    const std::vector<std::string>& unusable_hosts() const noexcept;
    const std::optional<BasicConstraints>& basic_constraints() const noexcept;

    const KeySpec& key() const noexcept;
    const Bytes& public_key_der() const noexcept;  // SubjectPublicKeyInfo

    struct Data;

private:
    explicit CertificationRequest(std::shared_ptr<const Data> data) : m_data(std::move(data)) {}

    std::shared_ptr<const Data> m_data;
};

// What a request shall ask for. The extensions are those that issue() would write for the type.
struct RequestTemplate {
    SubjectFields subject;
    Bytes subject_der;  // a whole name to be used as it stands; `subject` does not count then
    std::vector<HostName> hosts;
    bool ca = false;
    std::optional<int> path_length;
};

// Throws Code::usage for a field that cannot be encoded, as issue() does.
CertificationRequest make_request(const RequestTemplate& wanted, const PrivateKey& key);

}  // namespace umsadm
