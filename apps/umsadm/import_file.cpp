#include "import_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "file_kind.hpp"

namespace umsadm::app {
namespace {

constexpr std::array<std::string_view, 3> k_certificate_labels{"CERTIFICATE", "X509 CERTIFICATE",
                                                               "TRUSTED CERTIFICATE"};
// RFC 7468 has the first and the last; the middle one is what Windows and Netscape wrote.
constexpr std::array<std::string_view, 3> k_pkcs7_labels{"PKCS7", "PKCS #7 SIGNED DATA", "CMS"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& labels, std::string_view label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
}

Bytes content_of(const PemBlock& block) {
    std::string body;
    for (const std::string& line : split(block.text, '\n')) {
        if (!line.starts_with("-----")) body += trim(line);
    }
    auto content = base64_decode(body);
    if (!content) throw Error(Code::invalid_data, fmt::format("a {} block is damaged", block.label));
    return std::move(*content);
}

// "the 2nd private key": only where there are several, so that the user knows which one is meant.
std::string place_of(std::size_t number, std::size_t count, std::string_view source) {
    return count < 2 ? std::string(source) : fmt::format("{} (private key {} of {})", source, number, count);
}

class FileReader {
public:
    FileReader(Context& ctx, const std::string& source, const ImportPasswords& passwords, ImportMaterial& material)
        : m_ctx(ctx), m_source(source), m_passwords(passwords), m_material(material) {}

    bool read(ByteView content) {
        switch (kind_of_file(content)) {
            case FileKind::pem: return read_pem(as_text(content));
            case FileKind::keystore: read_keystore(content); return true;
            case FileKind::pkcs7: add(read_pkcs7_certificates(content)); return true;
            case FileKind::private_key: add_key(PrivateKey::from_der(content), m_source); return true;
            case FileKind::encrypted_private_key: read_encrypted_key(content); return true;
            case FileKind::certificate: add({Certificate::from_der(content)}); return true;
            case FileKind::unknown: break;
        }
        return false;
    }

private:
    void add(const std::vector<Certificate>& certificates) {
        for (const Certificate& certificate : certificates) m_material.certificates.push_back({certificate, m_source});
    }

    void add_key(PrivateKey key, const std::string& place) { m_material.keys.push_back({std::move(key), place}); }

    bool read_pem(std::string_view text) {
        const std::vector<PemBlock> blocks = find_pem_blocks(text);
        const auto is_key = [](const PemBlock& block) { return block.label.ends_with("PRIVATE KEY"); };
        const auto keys = static_cast<std::size_t>(std::count_if(blocks.begin(), blocks.end(), is_key));
        std::size_t key = 0;
        bool found = false;
        for (const PemBlock& block : blocks) {
            if (is_key(block)) {
                read_pem_key(block, place_of(++key, keys, m_source));
            } else if (is_one_of(k_certificate_labels, block.label)) {
                m_material.certificates.push_back({decode_pem_certificate(block), m_source});
            } else if (is_one_of(k_pkcs7_labels, block.label)) {
                add(read_pkcs7_certificates(content_of(block)));
            } else {
                continue;
            }
            found = true;
        }
        return found;
    }

    void read_pem_key(const PemBlock& block, const std::string& place) {
        if (is_encrypted_pem(block.text)) {
            decrypt_key(place, [&](const Secret& password) { return PrivateKey::from_pem(block.text, &password); });
        } else {
            add_key(PrivateKey::from_pem(block.text, nullptr), place);
        }
    }

    void read_encrypted_key(ByteView content) {
        decrypt_key(m_source,
                    [&](const Secret& password) { return PrivateKey::from_encrypted_der(content, &password); });
    }

    template <typename Read>
    void decrypt_key(const std::string& place, Read read) {
        const PasswordSources sources = sources_for_key(m_passwords);
        if (sources.empty()) {
            throw Error(Code::usage, fmt::format("the private key in {} is encrypted", in_quotes(place)),
                        "give its password with --key-password SRC");
        }
        const std::string what = fmt::format("password of the private key in {}", in_quotes(place));
        const Secret* fitting = nullptr;
        PrivateKey key = with_fitting_password(m_ctx, sources, what, [&](const Secret& password) {
            fitting = &password;
            return read(password);
        });
        m_material.encrypted.emplace(m_material.keys.size(), fitting);
        add_key(std::move(key), place);
    }

    void read_keystore(ByteView content) {
        const Secret* password = nullptr;
        const DecodedKeystore decoded = open_keystore(content, password);
        if (!decoded.integrity_verified) {
            m_ctx.out.warning(
                fmt::format("{}: without --password nobody can tell whether it was changed", in_quotes(m_source)));
        }
        for (const KeystoreEntry& entry : decoded.keystore.entries) {
            const std::string place = fmt::format("{} ({})", m_source, printable(alias_of(entry)));
            if (const auto* key = std::get_if<KeyEntry>(&entry)) read_key_entry(*key, place, password);
            if (const auto* trusted = std::get_if<TrustedEntry>(&entry)) {
                m_material.certificates.push_back({Certificate::from_der(trusted->certificate), place});
            }
        }
    }

    // `password`: the one that opened it; null: it was opened without.
    DecodedKeystore open_keystore(ByteView content, const Secret*& password) {
        const PasswordSources sources = sources_for_keystore(m_passwords);
        if (sources.empty()) return open_without_password(content);
        return with_fitting_password(m_ctx, sources, keystore_password_name(m_source), [&](const Secret& tried) {
            DecodedKeystore decoded = decode_keystore(content, &tried);
            password = &tried;
            return decoded;
        });
    }

    // The certificates of a JKS lie open. A PKCS#12 may have been made without a password, which is an empty one.
    DecodedKeystore open_without_password(ByteView content) {
        if (detect_format(content) != StoreFormat::pkcs12) return decode_keystore(content, nullptr);
        try {
            return decode_keystore(content, &m_no_password);
        } catch (const Error& error) {
            if (error.code() == Code::invalid_data) refuse_without_password();
            throw;
        }
    }

    void read_key_entry(const KeyEntry& entry, const std::string& place, const Secret* store_password) {
        for (const Bytes& der : entry.chain) m_material.certificates.push_back({Certificate::from_der(der), place});
        const Secret pkcs8 = decrypt_entry(entry, place, store_password);
        add_key(PrivateKey::from_der(pkcs8.reveal_bytes()), place);
    }

    // Mostly it is the password of the store; only else the others are tried.
    Secret decrypt_entry(const KeyEntry& entry, const std::string& place, const Secret* store_password) {
        const PasswordSources sources = sources_for_key(m_passwords);
        try {
            return decrypt_entry_key(entry, store_password == nullptr ? m_no_password : *store_password);
        } catch (const Error& error) {
            if (error.code() != Code::invalid_data) throw;
            if (sources.empty()) refuse_without_password();
        }
        const std::string what = fmt::format("password of the private key in {}", in_quotes(place));
        return with_context(fmt::format("reading the private key in {}", in_quotes(place)), [&] {
            return with_fitting_password(m_ctx, sources, what,
                                         [&](const Secret& password) { return decrypt_entry_key(entry, password); });
        });
    }

    [[noreturn]] static void refuse_without_password() {
        throw Error(Code::usage, "the keystore is encrypted", "give its password with --password SRC");
    }

    Context& m_ctx;
    const std::string& m_source;
    const ImportPasswords& m_passwords;
    ImportMaterial& m_material;
    Secret m_no_password;
};

}  // namespace

bool read_import_content(Context& ctx, ByteView content, const std::string& source, const ImportPasswords& passwords,
                         ImportMaterial& material) {
    return FileReader(ctx, source, passwords, material).read(content);
}

}  // namespace umsadm::app
