#include <algorithm>
#include <array>
#include <functional>
#include <random>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "lib/keystore/jks.hpp"
#include "unit/keystore/stores.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

using Random = std::mt19937;

std::size_t pick(Random& random, std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
}

void flip_bit(Bytes& file, Random& random) {
    file[pick(random, file.size())] ^= static_cast<std::uint8_t>(1u << pick(random, 8));
}

void change_byte(Bytes& file, Random& random) {
    file[pick(random, file.size())] = static_cast<std::uint8_t>(pick(random, 256));
}

void cut_off(Bytes& file, Random& random) { file.resize(pick(random, file.size())); }

// Four bytes that may be a length or a count become nearly the largest one.
void huge_number(Bytes& file, Random& random) {
    const std::size_t at = pick(random, file.size() - 4);
    const std::uint8_t top = pick(random, 2) == 0 ? 0x7F : 0xFF;
    file[at] = top;
    std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(at) + 1, 3, 0xFF);
}

// The length of a DER value becomes one of four bytes, far beyond the end.
void huge_der_length(Bytes& file, Random& random) {
    const std::size_t at = pick(random, file.size() - 6);
    const Bytes length = {0x84, 0x7F, 0xFF, 0xFF, 0xFF};
    std::copy(length.begin(), length.end(), file.begin() + static_cast<std::ptrdiff_t>(at) + 1);
}

void swap_pieces(Bytes& file, Random& random) {
    const std::size_t size = 1 + pick(random, std::min<std::size_t>(64, file.size() / 2));
    const auto a = static_cast<std::ptrdiff_t>(pick(random, file.size() - size));
    const auto b = static_cast<std::ptrdiff_t>(pick(random, file.size() - size));
    const Bytes piece(file.begin() + a, file.begin() + a + static_cast<std::ptrdiff_t>(size));
    std::copy(piece.begin(), piece.end(), file.begin() + b);
}

using Mutate = void (*)(Bytes&, Random&);
constexpr std::array<Mutate, 6> k_mutations = {flip_bit,    change_byte,     cut_off,
                                               huge_number, huge_der_length, swap_pieces};

struct Outcome {
    int decoded = 0;
    int refused = 0;
};

// Decodes a damaged file, and everything that can be asked of the result. Anything but an answer or
// Code::invalid_data fails the test.
void use(ByteView file, const Secret* password, Outcome& outcome) {
    try {
        const DecodedKeystore decoded = decode_keystore(file, password);
        ++outcome.decoded;
        for (const KeystoreEntry& entry : decoded.keystore.entries) {
            if (const auto* key = std::get_if<KeyEntry>(&entry)) decrypt_entry_key(*key, changeit());
        }
    } catch (const Error& error) {
        REQUIRE(error.code() == Code::invalid_data);
        REQUIRE_FALSE(error.message().empty());
        ++outcome.refused;
    }
}

Outcome mutate(
    const Bytes& original, const Secret* password, int count,
    const std::function<void(Bytes&)>& repair = [](Bytes&) {}) {
    Outcome outcome;
    Random random(20261121);
    for (int i = 0; i < count; ++i) {
        Bytes file = original;
        for (std::size_t changes = 1 + pick(random, 2); changes > 0 && file.size() > 12; --changes) {
            k_mutations[pick(random, k_mutations.size())](file, random);
        }
        repair(file);
        CAPTURE(i);
        use(file, password, outcome);
    }
    return outcome;
}

}  // namespace

TEST_CASE("a damaged JKS file never decodes as verified", "[keystore][hostile]") {
    if (!has_referees()) return;
    const Bytes original = store("rich.jks");
    const Secret password = changeit();
    Random random(1);
    for (int i = 0; i < 1000; ++i) {
        Bytes file = original;
        k_mutations[static_cast<std::size_t>(i) % k_mutations.size()](file, random);
        if (file == original) continue;
        REQUIRE_THROWS_AS(decode_keystore(file, &password), Error);
    }
}

TEST_CASE("damaged JKS and JCEKS files are refused or read, nothing else", "[keystore][hostile]") {
    if (!has_referees()) return;
    // Only the parser is meant: JCEKS hashes 200,000 times for each key.
    const auto name = GENERATE(as<std::string>{}, "rich.jks", "own-key-password.jks");
    const Secret password = changeit();
    CAPTURE(name);
    const Outcome blind = mutate(store(name), nullptr, 1500);
    CHECK(blind.refused > 100);
    CHECK(blind.decoded > 100);
    // An attacker who knows the password makes the digest fit.
    const Outcome repaired = mutate(store(name), &password, 1500, [&](Bytes& file) {
        file.resize(std::max<std::size_t>(file.size(), 32) - 20);
        const Bytes digest = keystore::jks_digest(file, password);
        file.insert(file.end(), digest.begin(), digest.end());
    });
    CHECK(repaired.refused > 100);
    CHECK(repaired.decoded > 100);
}

TEST_CASE("a damaged JCEKS file with a secret key is refused or read, nothing else", "[keystore][hostile]") {
    if (!has_referees()) return;
    Outcome outcome;
    Random random(2);
    // The secret key comes first; the rest of the file is what JKS has.
    const Bytes original = store("rich.jceks");
    for (int i = 0; i < 2000; ++i) {
        Bytes head(original.begin(), original.begin() + 700);
        k_mutations[pick(random, k_mutations.size())](head, random);
        if (head.size() == 700) head.insert(head.end(), original.begin() + 700, original.end());
        try {
            decode_keystore(head, nullptr);
            ++outcome.decoded;
        } catch (const Error& error) {
            REQUIRE(error.code() == Code::invalid_data);
            ++outcome.refused;
        }
    }
    CHECK(outcome.refused > 300);
    CHECK(outcome.decoded > 100);
}

TEST_CASE("damaged PKCS#12 files are refused or read, nothing else", "[keystore][hostile]") {
    if (!has_referees()) return;
    // Few rounds, or the time would go into hashing; certificates in the clear, so that the damage reaches the bags.
    must_run(
        "openssl pkcs12 -export -inkey leaf.key -in leaf.crt -certfile chain.pem -name gateway -passout pass:changeit "
        "-out quick.p12 -iter 1 -nomac -certpbe NONE");
    must_run(
        "openssl pkcs12 -export -inkey leaf.key -in leaf.crt -certfile chain.pem -name gateway -passout pass:changeit "
        "-out quick-mac.p12 -iter 1");
    must_run(
        "openssl pkcs12 -export -inkey leaf.key -in leaf.crt -certfile chain.pem -name gateway -passout pass:changeit "
        "-out quick-legacy.p12 -iter 1 -legacy");
    const Secret password = changeit();
    const Outcome blind = mutate(store("quick.p12"), nullptr, 2000);
    CHECK(blind.decoded > 100);
    CHECK(blind.refused > 100);
    CHECK(mutate(store("quick.p12"), &password, 1000).refused > 100);
    CHECK(mutate(store("quick-mac.p12"), &password, 1000).refused > 500);
    CHECK(mutate(store("quick-legacy.p12"), &password, 300).refused > 100);
}
