#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/finding.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/certification_request.hpp"

namespace umsadm {

enum class FileForm { pem, der, pkcs7, keystore };

struct LintKey {
    Bytes public_key_der;  // SubjectPublicKeyInfo
    bool encrypted = false;
};

// What one file holds, in its order.
struct LintFile {
    FileForm form = FileForm::pem;
    std::vector<Certificate> certificates;
    std::vector<LintKey> keys;
    std::vector<CertificationRequest> requests;
    Findings found;  // what reading it found ("keystore-...")
};

struct LintRemark {
    Finding finding;                         // its text names the certificate
    std::optional<std::size_t> certificate;  // which one of the file it is about; empty: the file, a key, a request
};

// Every rule that a file can show by itself, without a gateway or a current certificate: docs/rules.md. Remarks about
// the file come first, then those about each certificate. `known`: certificates of other files, which complete chains
// and are not judged here. check_compatibility() is the judge of a renewal; what is only said here stops nothing.
std::vector<LintRemark> lint(const LintFile& file, const std::vector<Certificate>& known, UtcTime now);

}  // namespace umsadm
