#pragma once

#include <map>
#include <string>
#include <vector>

#include "umsadm/base/secret.hpp"
#include "umsadm/jobs/import_certificates.hpp"

#include "context.hpp"
#include "import_passwords.hpp"

namespace umsadm::app {

// Everything that was found in the files.
struct ImportMaterial {
    std::vector<FoundCertificate> certificates;
    std::vector<FoundKey> keys;
    // Which of the keys stood encrypted in a file of their own, and the password. Valid as long as Context::secrets.
    std::map<std::size_t, const Secret*> encrypted;
    std::vector<std::string> passed_over;  // what else is in the folders
};

// Reads PEM (with text between the blocks), DER, PKCS#7, PKCS#12, JKS and JCEKS files, told apart by their content.
// Of a folder all its files are read, and those without certificate and key passed over; folders in it as well.
// Throws as reading and parsing does, with the file in a frame; Code::usage when a password is needed and not given.
ImportMaterial read_import_files(Context& ctx, const std::vector<Path>& files, const ImportPasswords& passwords);

}  // namespace umsadm::app
