#include <algorithm>

#include <catch2/catch.hpp>

#include "unit/error_of.hpp"
#include "unit/keystore/stores.hpp"

using namespace umsadm;
using namespace umsadm::test;

namespace {

Bytes certificate(const std::string& name) {
    must_run("openssl x509 -in " + name + ".crt -outform DER -out " + name + ".der");
    return store(name + ".der");
}

// The gateway's entry of a PKCS#12 store: leaf, intermediate, root.
Keystore gateway_store() { return decode_store("openssl.p12").keystore; }

KeyEntry& gateway_entry(Keystore& keystore) { return std::get<KeyEntry>(keystore.entries.front()); }

}  // namespace

TEST_CASE("a chain comes leaf first, whatever the order of the certificates in the file", "[keystore][openssl]") {
    if (!has_referees()) return;
    const KeyEntry entry = key_entry(decode_store("nameless.p12").keystore, "1");
    const Keystore expected = gateway_store();
    CHECK(entry.chain == key_entry(expected, "gateway").chain);
    CHECK(entry.chain.front() == certificate("leaf"));
    CHECK(entry.chain.back() == certificate("root"));
}

TEST_CASE("a certificate that is trusted serves the chain as well", "[keystore][keytool]") {
    if (!has_referees()) return;
    Keystore keystore = gateway_store();
    keystore.entries.emplace_back(TrustedEntry{"root", 1'700'000'000'000, certificate("root")});
    keystore.entries.emplace_back(TrustedEntry{"leaf", 0, certificate("leaf")});
    const Bytes file = encode_keystore(keystore, changeit());
    put("trusted-chain.p12", file);
    CHECK(decode_store("trusted-chain.p12").keystore == keystore);
    const std::string listing = keytool_list("trusted-chain.p12");
    CHECK_THAT(listing, Catch::Contains("contains 3 entries"));
    CHECK_THAT(listing, Catch::Contains("Certificate chain length: 3"));
    CHECK_THAT(listing, Catch::Contains("Entry type: trustedCertEntry"));
}

TEST_CASE("the order of keys and trusted entries stays", "[keystore]") {
    if (!has_referees()) return;
    Keystore keystore = gateway_store();
    KeyEntry second = gateway_entry(keystore);
    second.alias = "second";
    keystore.entries.insert(keystore.entries.begin(), TrustedEntry{"other", 0, certificate("other")});
    keystore.entries.emplace_back(TrustedEntry{"root", 0, certificate("root")});
    keystore.entries.emplace_back(second);
    put("mixed.p12", encode_keystore(keystore, changeit()));
    CHECK(decode_store("mixed.p12").keystore == keystore);
}

TEST_CASE("the creation date of a key is kept and shown by Java", "[keystore][keytool]") {
    if (!has_referees()) return;
    Keystore keystore = gateway_store();
    gateway_entry(keystore).created = 1'700'000'000'000;
    put("dated.p12", encode_keystore(keystore, changeit()));
    CHECK(decode_store("dated.p12").keystore == keystore);
    CHECK_THAT(keytool_list("dated.p12"), Catch::Contains("Creation date: Nov 14, 2023"));
}

TEST_CASE("a chain that Java would not find again is refused", "[keystore]") {
    if (!has_referees()) return;
    // A trusted certificate with the root's name and another key. Neither root has a key identifier, so Java goes by
    // the name alone.
    must_run(
        "openssl req -config ca.cnf -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout impostor.key "
        "-out impostor.crt -subj '/CN=Test Root' -extensions root -days 3650");
    Keystore keystore = gateway_store();
    std::reverse(gateway_entry(keystore).chain.begin(), gateway_entry(keystore).chain.end());
    CHECK(error_of([&] { encode_keystore(keystore, changeit()); }).code() == Code::failed);

    keystore = gateway_store();
    keystore.entries.emplace_back(TrustedEntry{"impostor", 0, certificate("impostor")});
    put("impostor.p12", encode_keystore(keystore, changeit()));
    CHECK(decode_store("impostor.p12").keystore == keystore);
    CHECK_THAT(keytool_list("impostor.p12"), Catch::Contains("Certificate chain length: 3"));

    // Two keys whose roots share a name cannot both have their chain.
    KeyEntry second = gateway_entry(keystore);
    second.alias = "second";
    second.chain.back() = certificate("impostor");
    keystore = gateway_store();
    keystore.entries.emplace_back(second);
    CHECK_THAT(error_of([&] { encode_keystore(keystore, changeit()); }).message(),
               Catch::Contains("Java would not find the chain of \"second\""));
}
