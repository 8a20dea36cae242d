#include "lint_reading.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "file_kind.hpp"
#include "input_limit.hpp"

namespace umsadm::app {
namespace {

FileForm form_of(FileKind kind) noexcept {
    switch (kind) {
        case FileKind::pem: return FileForm::pem;
        case FileKind::keystore: return FileForm::keystore;
        case FileKind::pkcs7: return FileForm::pkcs7;
        default: return FileForm::der;
    }
}

bool is_request(const PemBlock& block) { return block.label.ends_with("CERTIFICATE REQUEST"); }
bool is_key(const PemBlock& block) { return block.label.ends_with("PRIVATE KEY"); }

// The blocks of a PEM file that importing does not look at, and which of its keys are encrypted.
struct PemFacts {
    std::vector<CertificationRequest> requests;
    std::set<std::size_t> encrypted_keys;
    bool only_requests = false;
};

PemFacts read_pem_facts(std::string_view text) {
    PemFacts facts;
    std::size_t keys = 0;
    const std::vector<PemBlock> blocks = find_pem_blocks(text);
    for (const PemBlock& block : blocks) {
        if (is_request(block)) facts.requests.push_back(CertificationRequest::from_pem(block.text));
        if (!is_key(block)) continue;
        if (is_encrypted_pem(block.text)) facts.encrypted_keys.insert(keys);
        ++keys;
    }
    facts.only_requests = !blocks.empty() && std::all_of(blocks.begin(), blocks.end(), is_request);
    return facts;
}

}  // namespace

LintFile read_file_to_lint(Context& ctx, const Path& file, const ImportPasswords& passwords) {
    LintFile result;
    PemFacts pem;
    with_context(fmt::format("reading {}", in_quotes(file.string())), [&] {
        Bytes content = read_file(file, k_file_limit);
        const FileKind kind = kind_of_file(content);
        result.form = form_of(kind);
        if (kind == FileKind::pem) pem = read_pem_facts(as_text(content));
        if (kind == FileKind::encrypted_private_key) pem.encrypted_keys.insert(0);
        if (kind == FileKind::keystore && !passwords.keystore.empty()) {
            result.found = with_fitting_password(
                ctx, sources_for_keystore(passwords), keystore_password_name(file.string()),
                [&](const Secret& password) { return decode_keystore(content, &password).findings; });
        }
        wipe_memory(content.data(), content.size());
    });
    result.requests = std::move(pem.requests);
    if (pem.only_requests) return result;
    const ImportMaterial material = read_import_files(ctx, {file}, passwords);
    for (const FoundCertificate& found : material.certificates) result.certificates.push_back(found.certificate);
    for (std::size_t i = 0; i < material.keys.size(); ++i) {
        result.keys.push_back({material.keys[i].key.public_key_der(), pem.encrypted_keys.contains(i)});
    }
    return result;
}

}  // namespace umsadm::app
