#include "certificate_selection.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/crypto/private_key.hpp"

#include "file_kind.hpp"
#include "input_limit.hpp"

namespace umsadm::app {
namespace {

std::vector<Certificate> read_certificates(ByteView content) {
    switch (kind_of_file(content)) {
        case FileKind::pem: return read_pem_certificates(as_text(content));
        case FileKind::pkcs7: return read_pkcs7_certificates(content);
        case FileKind::keystore:
            throw Error(Code::usage, "it is a keystore",
                        "take it in with \"umsadm cert import\", or look at it with \"umsadm keystore show\"");
        case FileKind::certificate:
        case FileKind::private_key:
        case FileKind::encrypted_private_key:
        case FileKind::unknown: break;
    }
    return {Certificate::from_der(content)};
}

// Whether one of the file's own unencrypted keys belongs to `certificate`.
bool holds_key_of(std::string_view text, const Certificate& certificate) {
    const auto blocks = find_pem_blocks(text);
    return std::any_of(blocks.begin(), blocks.end(), [&](const PemBlock& block) {
        return block.label.ends_with("PRIVATE KEY") && !is_encrypted_pem(block.text) &&
               PrivateKey::from_pem(block.text, nullptr).fits(certificate);
    });
}

SelectedCertificate read_from_file(const std::string& path) {
    const Bytes content = read_file(path, k_file_limit);
    std::vector<Certificate> all = read_certificates(content);
    Certificate first = all.front();
    const bool has_key = kind_of_file(content) == FileKind::pem && holds_key_of(as_text(content), first);
    return {std::move(first), nullptr, std::move(all), has_key};
}

}  // namespace

ShownCertificate SelectedCertificate::shown() const {
    if (stored != nullptr) return *stored;
    return {certificate, key_in_file};
}

std::string SelectedCertificate::label() const { return stored != nullptr ? stored->label() : certificate.subject(); }

bool names_a_file(const std::string& selector) noexcept { return selector.find('/') != std::string::npos; }

SelectedCertificate select_certificate(const Inventory& inventory, const std::string& selector) {
    if (names_a_file(selector)) {
        return with_context(fmt::format("reading {}", in_quotes(selector)), [&] { return read_from_file(selector); });
    }
    const StoredCertificate& stored = inventory.select(selector);
    return {stored.certificate, &stored, {}, false};
}

const StoredCertificate& select_stored(const Inventory& inventory, const std::string& selector) {
    if (names_a_file(selector)) {
        throw Error(Code::usage,
                    fmt::format("{} is a file, and a certificate of the site is needed", in_quotes(selector)),
                    "take it into the site with \"umsadm cert import\"");
    }
    return inventory.select(selector);
}

Chain chain_of(const SelectedCertificate& selected, const Inventory& inventory, UtcTime now) {
    std::vector<Certificate> pool = inventory.issuers();
    pool.insert(pool.end(), selected.beside_it.begin(), selected.beside_it.end());
    return build_chain(selected.certificate, pool, now);
}

}  // namespace umsadm::app
