#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "umsadm/base/error.hpp"

#include "lib/crypto/certificate_pool.hpp"
#include "unit/crypto/openssl_referee.hpp"

using namespace umsadm;
using namespace umsadm::test;

TEST_CASE("a certificate that lives is there once, wherever it was read", "[crypto][pool]") {
    const OpensslReferee referee;
    const Certificate one = referee.self_signed("one", "/CN=One", k_leaf);
    const Certificate other = referee.self_signed("other", "/CN=Other", k_leaf);
    const Certificate again = Certificate::from_der(one.der());
    CHECK(&data_of(again) == &data_of(one));
    CHECK(&data_of(other) != &data_of(one));
    const unsigned char* at = one.der().data();
    openssl::CertPtr decoded(d2i_X509(nullptr, &at, static_cast<long>(one.der().size())));
    CHECK(&data_of(certificate_from(std::move(decoded))) == &data_of(one));
}

TEST_CASE("a pool keeps no certificate alive, and forgets the dead ones", "[crypto][pool]") {
    const OpensslReferee referee;
    const Bytes der = referee.self_signed("one", "/CN=One", k_leaf).der();
    CertificatePool pool;
    std::weak_ptr<const Certificate::Data> seen = pool.get(der, nullptr);
    CHECK(seen.expired());
    const auto again = pool.get(der, nullptr);
    CHECK(again->der == der);
    CHECK(pool.get(der, nullptr) == again);
}

TEST_CASE("what is no certificate stays none", "[crypto][pool]") {
    CertificatePool pool;
    for (int i = 0; i < 2; ++i) CHECK_THROWS_AS(pool.get({0x30, 0x00}, nullptr), Error);
}

TEST_CASE("threads that read the same certificate at once get the same one", "[crypto][pool][threads]") {
    const OpensslReferee referee;
    const Bytes der = referee.self_signed("one", "/CN=One", k_leaf).der();
    CertificatePool pool;
    std::atomic<int> waiting{4};
    std::vector<std::shared_ptr<const Certificate::Data>> seen(4);
    std::vector<std::thread> threads;
    for (auto& one : seen) {
        threads.emplace_back([&] {
            --waiting;
            while (waiting > 0) std::this_thread::yield();
            one = pool.get(der, nullptr);
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto& one : seen) CHECK(one == seen.front());
}
