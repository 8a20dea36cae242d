#include <array>
#include <optional>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/bcrypt_pbkdf.hpp"
#include "lib/remote/ssh_key_data.hpp"
#include "lib/remote/wire.hpp"

namespace umsadm::remote {
namespace {

constexpr std::string_view k_begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view k_end = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view k_magic{"openssh-key-v1\0", 15};
// ssh-keygen takes 16. A thousand rounds are seconds, the field in a hostile file could ask for years.
constexpr std::uint32_t k_most_rounds = 2048;

struct Cipher {
    std::string_view ssh_name;
    const char* openssl_name;
    std::size_t key_size;
    std::size_t iv_size;
    std::size_t tag_size;
};
constexpr std::array<Cipher, 8> k_ciphers{{
    {"aes256-ctr", "AES-256-CTR", 32, 16, 0},
    {"aes192-ctr", "AES-192-CTR", 24, 16, 0},
    {"aes128-ctr", "AES-128-CTR", 16, 16, 0},
    {"aes256-cbc", "AES-256-CBC", 32, 16, 0},
    {"aes192-cbc", "AES-192-CBC", 24, 16, 0},
    {"aes128-cbc", "AES-128-CBC", 16, 16, 0},
    {"aes256-gcm@openssh.com", "AES-256-GCM", 32, 12, 16},
    {"aes128-gcm@openssh.com", "AES-128-GCM", 16, 12, 16},
}};

struct KeyFile {
    std::string_view name;
    std::string what;
    const Secret* passphrase;

    Error damaged() const { return Error(Code::invalid_data, what + " is damaged"); }
    Error unsupported(std::string_view thing, std::string hint) const {
        return Error(Code::invalid_data, fmt::format("{} has {}, which is not supported", what, thing),
                     std::move(hint));
    }
};

// Decrypted bytes of a key, wiped in the end.
struct PlainText {
    Bytes bytes;

    PlainText() = default;
    ~PlainText() { wipe_memory(bytes.data(), bytes.size()); }
    PlainText(PlainText&& other) noexcept = default;
    PlainText& operator=(PlainText&&) = delete;
};

PlainText decode_armor(const KeyFile& file, std::string_view text) {
    const auto begin = text.find(k_begin) + k_begin.size();
    const auto end = text.find(k_end, begin);
    if (end == std::string_view::npos) throw file.damaged();
    std::string digits;
    digits.reserve(end - begin);
    for (const char c : text.substr(begin, end - begin)) {
        if (!trim({&c, 1}).empty()) digits += c;
    }
    auto decoded = base64_decode(digits);
    wipe_memory(digits.data(), digits.size());
    if (!decoded || !as_text(*decoded).starts_with(k_magic)) throw file.damaged();
    PlainText result;
    result.bytes.swap(*decoded);
    return result;
}

PlainText decrypt(const KeyFile& file, const Cipher& cipher, const Secret& key_and_iv, ByteView data, ByteView tag) {
    PlainText plain;
    plain.bytes.resize(data.size());
    const CipherContext context(EVP_CIPHER_CTX_new());
    const ByteView key = key_and_iv.reveal_bytes();
    int size = 0;
    int rest = 0;
    ERR_set_mark();
    bool ok = context != nullptr &&
              EVP_DecryptInit_ex2(context.get(), EVP_get_cipherbyname(cipher.openssl_name), key.data(),
                                  key.data() + cipher.key_size, nullptr) == 1 &&
              EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1;
    if (ok && !tag.empty()) {
        Bytes expected = to_bytes(tag);
        ok = EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(expected.size()),
                                 expected.data()) == 1;
    }
    ok = ok &&
         EVP_DecryptUpdate(context.get(), plain.bytes.data(), &size, data.data(), static_cast<int>(data.size())) == 1;
    std::array<std::uint8_t, EVP_MAX_BLOCK_LENGTH> last{};
    ok = ok && EVP_DecryptFinal_ex(context.get(), last.data(), &rest) == 1;
    ERR_pop_to_mark();
    if (!ok) throw wrong_passphrase(file.name);
    return plain;
}

const Cipher& find_cipher(const KeyFile& file, std::string_view name) {
    for (const Cipher& cipher : k_ciphers) {
        if (cipher.ssh_name == name) return cipher;
    }
    throw file.unsupported(fmt::format("the cipher {}", in_quotes(name)),
                           "change its passphrase with \"ssh-keygen -p -Z aes256-ctr -f KEY\"");
}

PlainText decrypt_private_part(const KeyFile& file, WireReader& reader, std::string_view cipher_name,
                               std::string_view kdf_name, ByteView kdf_options) {
    const ByteView data = reader.string();
    if (cipher_name == "none") {
        PlainText plain;
        plain.bytes = to_bytes(data);
        return plain;
    }
    const Cipher& cipher = find_cipher(file, cipher_name);
    if (kdf_name != "bcrypt") throw file.unsupported(fmt::format("the key derivation {}", in_quotes(kdf_name)), {});
    if (file.passphrase == nullptr) throw passphrase_needed(file.name);
    WireReader options(kdf_options, file.what);
    const ByteView salt = options.string();
    const std::uint32_t rounds = options.u32();
    if (rounds == 0 || salt.empty()) throw file.damaged();
    if (rounds > k_most_rounds) {
        throw file.unsupported(fmt::format("{} rounds of key derivation", rounds),
                               "use fewer: \"ssh-keygen -p -a 64 -f KEY\"");
    }
    const Secret key_and_iv = bcrypt_pbkdf(*file.passphrase, salt, rounds, cipher.key_size + cipher.iv_size);
    return decrypt(file, cipher, key_and_iv, data, reader.take(cipher.tag_size));
}

BigNumber to_number(ByteView magnitude) {
    BigNumber number(BN_bin2bn(magnitude.data(), static_cast<int>(magnitude.size()), nullptr));
    if (number == nullptr) throw Error(Code::failed, "out of memory");
    return number;
}

Pkey make_key(const KeyFile& file, const char* algorithm, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
    EVP_PKEY* key = nullptr;
    if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) != 1) {
        throw file.damaged();
    }
    return Pkey(key);
}

Pkey read_ed25519(const KeyFile& file, WireReader& reader) {
    reader.string();  // the public key
    const ByteView pair = reader.string();
    if (pair.size() != 64) throw file.damaged();
    Pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, pair.data(), 32));
    if (key == nullptr) throw file.damaged();
    return key;
}

Pkey read_ecdsa(const KeyFile& file, WireReader& reader) {
    const std::string curve(reader.text());
    const char* group = curve == "nistp256"   ? "P-256"
                        : curve == "nistp384" ? "P-384"
                        : curve == "nistp521" ? "P-521"
                                              : nullptr;
    if (group == nullptr) throw file.unsupported(fmt::format("the curve {}", in_quotes(curve)), {});
    const ByteView point = reader.string();
    const BigNumber number = to_number(reader.mpint());
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (builder == nullptr ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) != 1) {
        throw file.damaged();
    }
    return make_key(file, "EC", builder.get());
}

// d mod (prime - 1): the file leaves it out, OpenSSL wants it.
BigNumber crt_exponent(const KeyFile& file, const BIGNUM* exponent, const BIGNUM* prime) {
    const BigNumberContext context(BN_CTX_new());
    const BigNumber less_one(BN_dup(prime));
    BigNumber result(BN_new());
    if (context == nullptr || less_one == nullptr || result == nullptr || BN_sub_word(less_one.get(), 1) != 1 ||
        BN_is_zero(less_one.get()) || BN_mod(result.get(), exponent, less_one.get(), context.get()) != 1) {
        throw file.damaged();
    }
    return result;
}

Pkey read_rsa(const KeyFile& file, WireReader& reader) {
    const BigNumber modulus = to_number(reader.mpint());
    const BigNumber public_exponent = to_number(reader.mpint());
    const BigNumber private_exponent = to_number(reader.mpint());
    const BigNumber coefficient = to_number(reader.mpint());
    const BigNumber p = to_number(reader.mpint());
    const BigNumber q = to_number(reader.mpint());
    if (BN_is_zero(p.get()) || BN_is_zero(q.get())) throw file.damaged();
    const BigNumber exponent_p = crt_exponent(file, private_exponent.get(), p.get());
    const BigNumber exponent_q = crt_exponent(file, private_exponent.get(), q.get());
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    const std::array<std::pair<const char*, const BIGNUM*>, 8> numbers{{
        {OSSL_PKEY_PARAM_RSA_N, modulus.get()},
        {OSSL_PKEY_PARAM_RSA_E, public_exponent.get()},
        {OSSL_PKEY_PARAM_RSA_D, private_exponent.get()},
        {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
        {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},
        {OSSL_PKEY_PARAM_RSA_EXPONENT1, exponent_p.get()},
        {OSSL_PKEY_PARAM_RSA_EXPONENT2, exponent_q.get()},
        {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, coefficient.get()},
    }};
    for (const auto& [name, number] : numbers) {
        if (builder == nullptr || OSSL_PARAM_BLD_push_BN(builder.get(), name, number) != 1) throw file.damaged();
    }
    return make_key(file, "RSA", builder.get());
}

Pkey read_private_part(const KeyFile& file, const PlainText& plain, bool encrypted) {
    WireReader reader(plain.bytes, file.what);
    const std::uint32_t check = reader.u32();
    if (check != reader.u32()) {
        if (encrypted) throw wrong_passphrase(file.name);
        throw file.damaged();
    }
    const std::string type(reader.text());
    if (type == "ssh-ed25519") return read_ed25519(file, reader);
    if (type == "ssh-rsa") return read_rsa(file, reader);
    if (type.starts_with("ecdsa-sha2-")) return read_ecdsa(file, reader);
    throw file.unsupported(fmt::format("the type {}", in_quotes(type)), "use an ed25519, ECDSA or RSA key");
}

}  // namespace

Pkey read_openssh_key(std::string_view name, std::string_view text, const Secret* passphrase) {
    const KeyFile file{name, fmt::format("the key {}", in_quotes(name)), passphrase};
    const PlainText decoded = decode_armor(file, text);
    WireReader reader(ByteView(decoded.bytes).subspan(k_magic.size()), file.what);
    const std::string_view cipher = reader.text();
    const std::string_view kdf = reader.text();
    const ByteView kdf_options = reader.string();
    if (reader.u32() != 1) throw file.unsupported("several keys in one file", {});
    const ByteView public_blob = reader.string();
    const PlainText plain = decrypt_private_part(file, reader, cipher, kdf, kdf_options);
    ERR_set_mark();
    Pkey key = read_private_part(file, plain, cipher != "none");
    ERR_pop_to_mark();
    if (public_key_of(key.get(), name).blob != to_bytes(public_blob)) throw file.damaged();
    return key;
}

}  // namespace umsadm::remote
