#include "system_roots.hpp"

#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"

#include "input_limit.hpp"

namespace umsadm::app {
namespace {

// Debian and Ubuntu, RHEL and Fedora, SUSE.
constexpr std::array<const char*, 3> k_places{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                              "/etc/ssl/ca-bundle.pem"};

}  // namespace

Path find_system_roots_file() {
    if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr && *file != '\0') return file;
    for (const char* place : k_places) {
        std::error_code ignored;
        if (std::filesystem::exists(place, ignored)) return place;
    }
    return {};
}

std::vector<Certificate> load_system_roots() {
    const Path file = find_system_roots_file();
    if (file.empty()) {
        throw Error(Code::not_found, "this system has no file of trusted authorities",
                    "install \"ca-certificates\", or name the file with the environment variable SSL_CERT_FILE");
    }
    return with_context(fmt::format("reading the authorities that this system trusts, {}", in_quotes(file.string())),
                        [&] { return read_pem_certificates(read_text_file(file, k_file_limit)); });
}

}  // namespace umsadm::app
