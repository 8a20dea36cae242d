#include "import_reading.hpp"

#include <fmt/format.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/pem.hpp"
#include "umsadm/keystore/keystore.hpp"

#include "file_kind.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_file_limit = std::size_t{16} << 20U;

class FileReader {
public:
    FileReader(Context& ctx, const ImportPasswords& passwords, std::string source, ImportMaterial& material)
        : m_ctx(ctx), m_passwords(passwords), m_source(std::move(source)), m_material(material) {}

    void read(ByteView content) {
        switch (kind_of_file(content)) {
            case FileKind::pem: read_pem(as_text(content)); return;
            case FileKind::keystore: read_keystore(content); return;
            case FileKind::pkcs7: add(read_pkcs7_certificates(content)); return;
            case FileKind::private_key: m_material.keys.push_back({PrivateKey::from_der(content), m_source}); return;
            case FileKind::certificate: add({Certificate::from_der(content)}); return;
            case FileKind::unknown: break;
        }
        throw Error(Code::invalid_data, "this is neither a certificate, a private key nor a keystore",
                    "PEM, DER, PKCS#7, PKCS#12 and JKS files can be imported");
    }

private:
    void add(const std::vector<Certificate>& certificates) {
        for (const Certificate& certificate : certificates) m_material.certificates.push_back({certificate, m_source});
    }

    void read_pem(std::string_view text) {
        bool found = false;
        for (const PemBlock& block : find_pem_blocks(text)) {
            if (block.label.ends_with("PRIVATE KEY")) {
                read_pem_key(block);
            } else if (block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE" ||
                       block.label == "TRUSTED CERTIFICATE") {
                m_material.certificates.push_back({decode_pem_certificate(block), m_source});
            } else if (block.label == "PKCS7") {
                add(read_pkcs7_certificates(content_of(block)));
            } else {
                continue;
            }
            found = true;
        }
        if (!found) throw Error(Code::invalid_data, "there is no certificate and no private key in this file");
    }

    static Bytes content_of(const PemBlock& block) {
        std::string body;
        for (const std::string& line : split(block.text, '\n')) {
            if (!line.starts_with("-----")) body += trim(line);
        }
        auto content = base64_decode(body);
        if (!content) throw Error(Code::invalid_data, "a PKCS7 block is damaged");
        return std::move(*content);
    }

    void read_pem_key(const PemBlock& block) {
        const Secret* passphrase = nullptr;
        if (is_encrypted_pem(block.text)) {
            passphrase = password_of_keys(m_ctx, m_passwords);
            if (passphrase == nullptr) {
                throw Error(Code::usage, "the private key is encrypted", "give its password with --key-password SRC");
            }
            m_material.encrypted_pem.insert(m_material.keys.size());
        }
        m_material.keys.push_back({PrivateKey::from_pem(block.text, passphrase), m_source});
    }

    void read_keystore(ByteView content) {
        const Secret* const password = m_ctx.secrets.read(m_passwords.keystore, "password of the keystore");
        if (password == nullptr && detect_format(content) == StoreFormat::pkcs12) refuse_without_password();
        const DecodedKeystore decoded = decode_keystore(content, password);
        if (!decoded.integrity_verified) {
            m_ctx.out.warning(
                fmt::format("{}: without --password nobody can tell whether it was changed", in_quotes(m_source)));
        }
        for (const KeystoreEntry& entry : decoded.keystore.entries) {
            const std::string place = fmt::format("{} ({})", m_source, printable(alias_of(entry)));
            if (const auto* key = std::get_if<KeyEntry>(&entry)) read_key_entry(*key, place);
            if (const auto* trusted = std::get_if<TrustedEntry>(&entry)) {
                m_material.certificates.push_back({Certificate::from_der(trusted->certificate), place});
            }
        }
    }

    void read_key_entry(const KeyEntry& entry, const std::string& place) {
        const Secret* const password = password_of_keys(m_ctx, m_passwords);
        if (password == nullptr) refuse_without_password();
        for (const Bytes& der : entry.chain) m_material.certificates.push_back({Certificate::from_der(der), place});
        const Secret pkcs8 = decrypt_entry_key(entry, *password);
        m_material.keys.push_back({PrivateKey::from_der(pkcs8.reveal_bytes()), place});
    }

    [[noreturn]] static void refuse_without_password() {
        throw Error(Code::usage, "the keystore is encrypted", "give its password with --password SRC");
    }

    Context& m_ctx;
    const ImportPasswords& m_passwords;
    std::string m_source;
    ImportMaterial& m_material;
};

}  // namespace

ImportMaterial read_import_files(Context& ctx, const std::vector<Path>& files, const ImportPasswords& passwords) {
    ImportMaterial material;
    for (const Path& file : files) {
        with_context(fmt::format("reading {}", in_quotes(file.string())), [&] {
            Bytes content = read_file(file, k_file_limit);
            FileReader(ctx, passwords, file.string(), material).read(content);
            wipe_memory(content.data(), content.size());
        });
    }
    return material;
}

const Secret* password_of_keys(Context& ctx, const ImportPasswords& passwords) {
    if (passwords.key) return ctx.secrets.read(passwords.key, "password of the private key");
    return ctx.secrets.read(passwords.keystore, "password of the keystore");
}

}  // namespace umsadm::app
