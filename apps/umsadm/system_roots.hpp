#pragma once

#include <vector>

#include "umsadm/base/file.hpp"
#include "umsadm/crypto/certificate.hpp"

namespace umsadm::app {

// The file with the certificates of the authorities that this system trusts: $SSL_CERT_FILE, as OpenSSL has it, else
// where Linux distributions keep it. Empty when there is none.
Path find_system_roots_file();

// The certificates in it. Throws Code::not_found when there is none, and as reading and parsing does.
std::vector<Certificate> load_system_roots();

}  // namespace umsadm::app
