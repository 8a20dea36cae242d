#include <algorithm>
#include <array>
#include <utility>

#include "lib/keystore/digest.hpp"
#include "lib/keystore/key_protection.hpp"
#include "lib/keystore/pbe_algorithm.hpp"

namespace umsadm::keystore {
namespace {

using CipherPtr = std::unique_ptr<EVP_CIPHER_CTX, openssl::CallFree<EVP_CIPHER_CTX_free>>;

constexpr std::size_t k_salt_size = 8;
constexpr std::size_t k_half = k_salt_size / 2;
constexpr std::size_t k_key_size = 24;  // three DES keys; the initialisation vector follows

// The parameters have the shape of PKCS#5's PBEParameter.
using ParametersPtr = std::unique_ptr<PBEPARAM, openssl::CallFree<PBEPARAM_free>>;

ParametersPtr read_parameters(ByteView der) {
    const unsigned char* at = der.data();
    ParametersPtr parameters(d2i_PBEPARAM(nullptr, &at, static_cast<long>(der.size())));
    if (!parameters || ASN1_STRING_length(parameters->salt) != static_cast<int>(k_salt_size)) {
        throw Error(Code::invalid_data, "the parameters of a key's encryption are damaged");
    }
    return parameters;
}

// PBEWithMD5AndTripleDES as Java's provider "SunJCE" defines it: each half of the salt makes one half of key and
// vector.
WipedBytes derive_key(ByteView password, std::array<std::uint8_t, k_salt_size> salt, std::uint64_t rounds) {
    // With two equal halves both digests would be the same, so Java turns the first half around.
    if (std::equal(salt.begin(), salt.begin() + k_half, salt.begin() + k_half)) {
        std::swap(salt[0], salt[3]);
        std::swap(salt[1], salt[2]);
    }
    Digest md5(EVP_md5());
    WipedBytes derived;
    for (std::size_t start = 0; start < k_salt_size; start += k_half) {
        WipedBytes block(salt.begin() + static_cast<std::ptrdiff_t>(start),
                         salt.begin() + static_cast<std::ptrdiff_t>(start + k_half));
        for (std::uint64_t round = 0; round < rounds; ++round) block = md5.of({block, password});
        derived.insert(derived.end(), block.begin(), block.end());
    }
    return derived;
}

}  // namespace

WipedBytes jceks_unprotect(ByteView octets, ByteView parameters, const Secret& password) {
    const ParametersPtr read = read_parameters(parameters);
    const std::uint64_t rounds = checked_rounds(read->iter);
    std::array<std::uint8_t, k_salt_size> salt{};
    std::copy_n(ASN1_STRING_get0_data(read->salt), k_salt_size, salt.begin());
    const WipedBytes key = derive_key(password.reveal_bytes(), salt, rounds);

    const CipherPtr cipher(openssl::require(EVP_CIPHER_CTX_new(), "allocate memory"));
    openssl::require(EVP_DecryptInit_ex(cipher.get(), EVP_des_ede3_cbc(), nullptr, key.data(), key.data() + k_key_size),
                     "set up triple DES");
    WipedBytes text(octets.size() + EVP_MAX_BLOCK_LENGTH);
    int size = 0;
    int rest = 0;
    if (EVP_DecryptUpdate(cipher.get(), text.data(), &size, octets.data(), static_cast<int>(octets.size())) != 1 ||
        EVP_DecryptFinal_ex(cipher.get(), text.data() + size, &rest) != 1) {
        throw_wrong_key_password();
    }
    text.resize(static_cast<std::size_t>(size + rest));
    return text;
}

}  // namespace umsadm::keystore
