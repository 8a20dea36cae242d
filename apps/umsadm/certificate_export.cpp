#include "certificate_export.hpp"

#include <array>
#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/jobs/exchange_entry.hpp"
#include "umsadm/keystore/java_version.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "certificate_storing.hpp"

namespace umsadm::app {
namespace {

struct FormatWords {
    ExportFormat format;
    std::string_view name;
    std::string_view description;
};

constexpr std::array<FormatWords, 9> k_formats{
    {{ExportFormat::pem, "pem", "the certificate"},
     {ExportFormat::der, "der", "the certificate"},
     {ExportFormat::chain, "chain", "the issuers"},
     {ExportFormat::fullchain, "fullchain", "the certificate and its issuers"},
     {ExportFormat::root, "root", "the root certificate"},
     {ExportFormat::key, "key", "the private key"},
     {ExportFormat::pkcs12, "pkcs12", "key and chain"},
     {ExportFormat::jks, "jks", "key and chain"},
     {ExportFormat::proxy, "proxy", "key and chain"}}};

const FormatWords& words_of(ExportFormat format) noexcept {
    for (const FormatWords& words : k_formats) {
        if (words.format == format) return words;
    }
    return k_formats.front();
}

bool is_keystore(ExportFormat format) noexcept { return format == ExportFormat::pkcs12 || format == ExportFormat::jks; }

Secret key_file(Context& ctx, const Site& site, const StoredCertificate& stored, const ExportOptions& options) {
    const PrivateKey key = load_private_key(ctx, site, stored, options.key_password, "--key-password");
    if (!options.password) return key.to_pem();
    const Secret& password = ctx.secrets.read(*options.password, "password of the exported key");
    return Secret(std::string_view(key.to_encrypted_pem(password)));
}

Pkcs12Profile profile_of(const ExportOptions& options) {
    if (!options.java.empty()) return pkcs12_profile_for_java(options.java);
    return options.legacy ? Pkcs12Profile::compatible : Pkcs12Profile::modern;
}

Secret keystore_file(Context& ctx, const Site& site, const StoredCertificate& stored, const Inventory& inventory,
                     const ExportOptions& options) {
    if (!options.password) {
        throw Error(Code::usage, "a keystore needs a password", "give one with --password SRC");
    }
    const Chain chain = whole_chain(stored, inventory, ctx.now());
    const PrivateKey key = load_private_key(ctx, site, stored, options.key_password, "--key-password");
    const Secret& password = ctx.secrets.read(*options.password, "password of the exported keystore");
    const StoreFormat format = options.format == ExportFormat::jks ? StoreFormat::jks : StoreFormat::pkcs12;
    const std::string alias = options.alias.empty() ? stored.record.name : options.alias;
    const JavaTime now = std::chrono::duration_cast<std::chrono::milliseconds>(ctx.now().time_since_epoch()).count();
    const Keystore keystore = new_keystore(format, alias, key, chain, password, now, profile_of(options));
    return Secret(ByteView(encode_keystore(keystore, password)));
}

Exported certificate_file(const Certificate& certificate, ExportFormat format) {
    Exported exported{
        format == ExportFormat::der ? Secret(ByteView(certificate.der())) : Secret(std::string_view(certificate.pem())),
        false, std::nullopt};
    if (type_of(certificate) == CertificateType::root) exported.root = certificate.fingerprint();
    return exported;
}

}  // namespace

std::string_view format_name(ExportFormat format) noexcept { return words_of(format).name; }

std::string_view describe(ExportFormat format) noexcept { return words_of(format).description; }

ExportFormat parse_format(const std::string& text) {
    for (const FormatWords& words : k_formats) {
        if (words.name == text) return words.format;
    }
    throw Error(Code::usage, fmt::format("{} is none of pem, der, chain, fullchain, root, key, pkcs12, jks, proxy",
                                         in_quotes(text)));
}

std::vector<OfferedWord> format_words() {
    std::vector<OfferedWord> words;
    for (const FormatWords& format : k_formats) {
        words.push_back({std::string(format.name), std::string(format.description)});
    }
    return words;
}

Chain whole_chain(const StoredCertificate& stored, const Inventory& inventory, UtcTime now) {
    Chain chain = inventory.chain_of(stored.certificate, now);
    if (chain.complete) return chain;
    throw Error(Code::not_found,
                fmt::format("the chain of {} is not complete: {} is not in the site", in_quotes(stored.label()),
                            in_quotes(chain.top().issuer())),
                "add it with \"umsadm cert import\"");
}

std::string pem_of(const std::vector<Certificate>& certificates) {
    std::string text;
    for (const Certificate& certificate : certificates) text += certificate.pem();
    return text;
}

std::string issuers_pem(const StoredCertificate& stored, const Inventory& inventory, UtcTime now) {
    std::vector<Certificate> issuers = whole_chain(stored, inventory, now).certificates;
    issuers.erase(issuers.begin());
    if (!issuers.empty()) return pem_of(issuers);
    throw Error(Code::usage, fmt::format("{} is a root: it has no issuers", in_quotes(stored.label())),
                "export it with --format pem");
}

void refuse_superfluous(const ExportOptions& options) {
    const ExportFormat format = options.format;
    const auto refuse = [&](std::string_view option, std::string_view why) {
        throw Error(Code::usage, fmt::format("{} has no meaning for --format {}{}", option, format_name(format), why));
    };
    if (options.password && format == ExportFormat::proxy) {
        refuse("--password", ": a proxy that starts has nobody to ask");
    }
    if (options.password && format != ExportFormat::key && !is_keystore(format)) {
        refuse("--password", ": nothing in it is secret");
    }
    if (!options.alias.empty() && !is_keystore(format)) refuse("--alias", "");
    if (!options.java.empty() && format != ExportFormat::pkcs12) refuse("--java", "");
    if (options.legacy && format != ExportFormat::pkcs12) refuse("--legacy", "");
    if (options.legacy && !options.java.empty()) {
        throw Error(Code::usage, "--legacy and --java exclude each other",
                    "leave --legacy away: the version says which algorithms it reads");
    }
}

Exported export_certificate(Context& ctx, const Site& site, const StoredCertificate& stored, const Inventory& inventory,
                            const ExportOptions& options) {
    const auto public_text = [](const std::string& text) {
        return Exported{Secret(std::string_view(text)), false, std::nullopt};
    };
    switch (options.format) {
        case ExportFormat::pem:
        case ExportFormat::der: return certificate_file(stored.certificate, options.format);
        case ExportFormat::root:
            return certificate_file(whole_chain(stored, inventory, ctx.now()).top(), options.format);
        case ExportFormat::chain: return public_text(issuers_pem(stored, inventory, ctx.now()));
        case ExportFormat::fullchain:
            return public_text(pem_of(whole_chain(stored, inventory, ctx.now()).certificates));
        case ExportFormat::key: return {key_file(ctx, site, stored, options), true, std::nullopt};
        case ExportFormat::pkcs12:
        case ExportFormat::jks: return {keystore_file(ctx, site, stored, inventory, options), true, std::nullopt};
        case ExportFormat::proxy: break;
    }
    throw Error(Code::usage, fmt::format("--format {} is not one file", format_name(options.format)));
}

}  // namespace umsadm::app
