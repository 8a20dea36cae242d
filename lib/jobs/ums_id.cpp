#include "umsadm/jobs/ums_id.hpp"

#include <fmt/format.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/crypto/pem.hpp"

namespace umsadm {
namespace {

Certificate exported_certificate(ByteView exported) {
    if (as_text(exported).find("-----BEGIN ") == std::string_view::npos) return Certificate::from_der(exported);
    const auto certificates = read_pem_certificates(as_text(exported));
    if (certificates.size() == 1) return certificates.front();
    throw Error(Code::invalid_data,
                fmt::format("the server exported {} certificates as its UMS ID", certificates.size()));
}

ServerUmsId identify_file(const UmsIdReading& reading, const Secret* password) {
    if (password == nullptr) {
        throw Error(Code::invalid_data, "the password of the UMS ID's file is not known", "see --ums-id-password");
    }
    Certificate certificate = read_ums_id_file(reading.file, *password).certificate;
    const Fingerprint fingerprint = certificate.fingerprint();
    return {fingerprint, std::move(certificate), reading.restart_pending};
}

ServerUmsId identify_listed(const UmsIdReading& reading) {
    ServerUmsId seen{reading.fingerprint, std::nullopt, reading.restart_pending};
    if (reading.certificate.empty()) return seen;
    seen.certificate = exported_certificate(reading.certificate);
    if (!seen.fingerprint) seen.fingerprint = seen.certificate->fingerprint();
    if (*seen.fingerprint == seen.certificate->fingerprint()) return seen;
    throw Error(Code::invalid_data,
                fmt::format("the server lists the UMS ID {}, and exports the certificate {}",
                            seen.fingerprint->to_string(), seen.certificate->fingerprint().to_string()));
}

}  // namespace

std::string ums_id_text(const Certificate& certificate) { return base64_encode(certificate.der()); }

std::string ums_id_short(const Certificate& certificate) {
    constexpr std::size_t shown = 10;
    const std::string text = ums_id_text(certificate);
    return text.substr(0, shown) + "..." + text.substr(text.size() - shown);
}

ServerUmsId identify(const UmsIdReading& reading, const Secret* file_password) {
    if (!reading.present) return {std::nullopt, std::nullopt, reading.restart_pending};
    if (!reading.file.empty()) return identify_file(reading, file_password);
    if (reading.fingerprint || !reading.certificate.empty()) return identify_listed(reading);
    throw Error(Code::invalid_data, "the server has a UMS ID, and shows neither its fingerprint nor its certificate");
}

std::string_view ums_id_status_text(UmsIdStatus status) noexcept {
    switch (status) {
        case UmsIdStatus::main: return "Main UMS ID";
        case UmsIdStatus::in_sync: return "In sync";
        case UmsIdStatus::restart_needed: return "Not in sync, please restart server";
        case UmsIdStatus::unknown: break;
    }
    return "Unknown";
}

std::string_view server_status_text(bool running) noexcept { return running ? "Running" : "Not running"; }

UmsIdStatus status_of(bool is_main_server, const std::optional<Fingerprint>& main_fingerprint,
                      const std::optional<ServerUmsId>& seen) {
    if (!main_fingerprint || !seen) return UmsIdStatus::unknown;
    if (seen->fingerprint != main_fingerprint || seen->restart_pending) return UmsIdStatus::restart_needed;
    return is_main_server ? UmsIdStatus::main : UmsIdStatus::in_sync;
}

}  // namespace umsadm
