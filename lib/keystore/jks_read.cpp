#include <openssl/crypto.h>

#include "umsadm/base/text.hpp"

#include "lib/keystore/byte_reader.hpp"
#include "lib/keystore/der_names.hpp"
#include "lib/keystore/entry_rules.hpp"
#include "lib/keystore/java_serialization.hpp"
#include "lib/keystore/jks.hpp"
#include "lib/keystore/utf16.hpp"

namespace umsadm::keystore {
namespace {

class JksParser {
public:
    JksParser(ByteView file, StoreFormat format) : m_file(file), m_reader(file) { m_decoded.keystore.format = format; }

    DecodedKeystore parse(const Secret* password) {
        m_reader.u4();  // the magic number
        m_version = m_reader.u4();
        if (m_version != 1 && m_version != k_jks_version) {
            throw Error(Code::invalid_data, "the keystore has an unknown version");
        }
        for (std::uint32_t left = m_reader.u4(); left > 0; --left) entry();
        const std::size_t end_of_content = m_reader.position();
        const ByteView digest = m_reader.take(k_digest_size);
        if (password != nullptr) {
            check_digest(m_file.first(end_of_content), digest, *password);
            m_decoded.integrity_verified = true;
        }
        if (m_reader.remaining() != 0) add_trailing_bytes_finding(m_decoded.findings);
        check_key_chains(m_decoded.keystore, m_decoded.findings);
        check_aliases(m_decoded.keystore, m_decoded.findings);
        return std::move(m_decoded);
    }

private:
    static constexpr std::size_t k_digest_size = 20;

    static void check_digest(ByteView content, ByteView digest, const Secret& password) {
        const Bytes expected = jks_digest(content, password);
        if (CRYPTO_memcmp(expected.data(), digest.data(), k_digest_size) != 0) throw_wrong_store_password();
    }

    void entry() {
        const std::uint32_t tag = m_reader.u4();
        const std::string stored = from_modified_utf8(m_reader.take(m_reader.u2()));
        const std::string alias = adopt_alias(stored, m_decoded.findings);
        const JavaTime created = m_reader.s8();
        switch (static_cast<JksTag>(tag)) {
            case JksTag::private_key: m_decoded.keystore.entries.emplace_back(key_entry(alias, created)); return;
            case JksTag::trusted_certificate:
                m_decoded.keystore.entries.emplace_back(TrustedEntry{alias, created, certificate(alias)});
                return;
            case JksTag::secret_key:
                if (m_decoded.keystore.format != StoreFormat::jceks) break;
                m_decoded.keystore.entries.emplace_back(secret_entry(alias));
                return;
        }
        throw Error(Code::invalid_data,
                    "the keystore is damaged: the entry " + in_quotes(alias) + " has an unknown type");
    }

    KeyEntry key_entry(const std::string& alias, JavaTime created) {
        KeyEntry entry{alias, created, to_bytes(m_reader.take(m_reader.u4())), {}};
        for (std::uint32_t left = m_reader.u4(); left > 0; --left) entry.chain.push_back(certificate(alias));
        return entry;
    }

    OpaqueEntry secret_entry(const std::string& alias) {
        const std::size_t start = m_reader.position();
        skip_sealed_object(m_reader);
        return {alias, to_bytes(m_reader.since(start))};
    }

    Bytes certificate(const std::string& alias) {
        if (m_version == k_jks_version) {
            const std::string_view type = as_text(m_reader.take(m_reader.u2()));
            if (type != "X.509" && type != "X509") {
                throw Error(Code::invalid_data, "the entry " + in_quotes(alias) +
                                                    " holds a certificate of the unknown type " + in_quotes(type));
            }
        }
        const ByteView der = m_reader.take(m_reader.u4());
        if (!is_one_der_sequence(der)) {
            throw Error(Code::invalid_data,
                        "the keystore is damaged: the entry " + in_quotes(alias) + " holds no certificate");
        }
        return to_bytes(der);
    }

    ByteView m_file;
    ByteReader m_reader;
    std::uint32_t m_version = 0;
    DecodedKeystore m_decoded;
};

}  // namespace

DecodedKeystore decode_jks(ByteView file, StoreFormat format, const Secret* password) {
    return JksParser(file, format).parse(password);
}

}  // namespace umsadm::keystore
