// certificate_site SITE COUNT: fills an empty site with a root and COUNT certificates for gateways that it signed, EC
// P-256, each with a name and a key of its own. Quick rather than durable: nothing is forced to the disk.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/crypto/issue.hpp"

namespace {

using namespace umsadm;

constexpr KeySpec k_key{KeySpec::Type::ec, 256, {}};

CertificateTemplate describe(const std::string& name, CertificateType type, UtcTime now) {
    CertificateTemplate wanted;
    wanted.type = type;
    wanted.subject.common_name = name;
    wanted.subject.organization = "Bench";
    wanted.subject.country = "DE";
    wanted.not_before = now;
    wanted.not_after = now + std::chrono::hours(24 * 365);
    return wanted;
}

void write(const Path& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    if (!file.flush()) throw Error(Code::failed, "cannot write " + path.string());
}

void put(const Path& site, const std::string& name, const Certificate& certificate) {
    const Path folder = site / "certificates" / certificate.fingerprint().hex();
    std::filesystem::create_directory(folder);
    write(folder / "certificate.pem", certificate.pem());
    write(folder / "record.json", fmt::format(R"({{
  "schema": 1,
  "name": "{}",
  "generation": 1,
  "fingerprint_sha256": "{}",
  "added": "2026-01-01T00:00:00Z",
  "origin": "imported",
  "key": "none"
}}
)",
                                              name, certificate.fingerprint().to_string()));
}

void fill(const Path& site, int count) {
    const UtcTime now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const PrivateKey root_key = PrivateKey::generate(k_key);
    const Certificate root = issue_self_signed(describe("Bench Root", CertificateType::root, now), root_key);
    put(site, "Bench Root", root);
    for (int i = 1; i <= count; ++i) {
        const std::string name = fmt::format("Gateway {:05}", i);
        CertificateTemplate wanted = describe(name, CertificateType::end_entity, now);
        wanted.hosts = {HostName::parse(fmt::format("icg{}.example.com", i)), HostName::parse("10.0.0.5")};
        put(site, name, issue(wanted, PrivateKey::generate(k_key), root, root_key));
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const std::string_view text = argc == 3 ? argv[2] : "";
        int count = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc() || count < 1) {
            std::fputs("usage: certificate_site SITE COUNT\n", stderr);
            return 2;
        }
        fill(argv[1], count);
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "certificate_site: %s\n", failure.what());
        return 1;
    }
}
