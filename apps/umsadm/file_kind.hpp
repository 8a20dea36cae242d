#pragma once

#include "umsadm/base/bytes.hpp"

namespace umsadm::app {

enum class FileKind { pem, keystore, certificate, pkcs7, private_key, encrypted_private_key, unknown };

// What a file most likely is, by its first bytes and whatever its name: PEM text, a keystore (JKS, JCEKS, PKCS#12), or
// the DER of a certificate, of a PKCS#7 or of a private key. Whoever parses it says whether it really is.
FileKind kind_of_file(ByteView content) noexcept;

}  // namespace umsadm::app
