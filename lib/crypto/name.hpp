#pragma once

#include <string>

#include "umsadm/base/bytes.hpp"
#include "umsadm/crypto/certificate.hpp"

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// RFC 4514 text, safe for a terminal whatever the name holds.
std::string name_text(const X509_NAME& name);

// Equal for names that RFC 5280, 7.1 calls equal: case, blanks and string type do not count.
Bytes canonical_name(const X509_NAME& name);

SubjectFields name_fields(const X509_NAME& name);

// Throws Code::usage naming the field that cannot be encoded.
openssl::NamePtr make_name(const SubjectFields& fields);
openssl::NamePtr decode_name(ByteView der);

}  // namespace umsadm
