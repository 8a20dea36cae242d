#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "umsadm/base/text.hpp"
#include "umsadm/remote/known_hosts.hpp"

#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::test;
using Verdict = KnownHostKeys::Verdict;

namespace {

struct Keys {
    TempFolder folder;
    std::string right;  // "ssh-ed25519 AAAA..."
    std::string wrong;
    std::string ecdsa;

    Keys() : right(make("right", "ed25519")), wrong(make("wrong", "ed25519")), ecdsa(make("ecdsa", "ecdsa")) {}

    std::string make(const std::string& name, const std::string& type) const {
        const std::string path = (folder.path() / name).string();
        REQUIRE(shell(fmt::format("ssh-keygen -q -t {} -N '' -f {}", type, path)).status == 0);
        const auto words = split(read_text(path + ".pub"), ' ');
        return words.at(0) + ' ' + words.at(1);
    }
};

const Keys& keys() {
    static const Keys all;
    return all;
}

HostKey host_key(const std::string& name) {
    const TempFolder folder;
    const SshKey key = load_key(keys().folder.path() / name);
    return make_host_key(key.public_blob());
}

Verdict verdict(const std::string& text, const std::string& host = "gw1", std::uint16_t port = 22,
                const std::string& offered = "right") {
    return find_known_host(text, host, port).judge(host_key(offered));
}

// "{R}" is the right key, "{W}" a wrong one, "{E}" one of another type.
std::string lines(std::string text) {
    for (const auto& [mark, key] : {std::pair{"{R}", keys().right}, {"{W}", keys().wrong}, {"{E}", keys().ecdsa}}) {
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) text.replace(at, 3, key);
    }
    return text;
}

std::string hashed(const std::string& line) {
    const auto path = keys().folder.path() / "to_hash";
    write_text(path, lines(line));
    REQUIRE(shell(fmt::format("ssh-keygen -q -H -f {} >/dev/null 2>&1", path.string())).status == 0);
    const std::string text = read_text(path);
    REQUIRE(text.starts_with("|1|"));
    return text;
}

}  // namespace

TEST_CASE("a known_hosts line is found as ssh finds it", "[remote]") {
    CHECK(verdict(lines("gw1 {R}")) == Verdict::match);
    CHECK(verdict(lines("gw1 {R} comment\n")) == Verdict::match);
    CHECK(verdict(lines("other,gw1,10.0.0.1 {R}\n")) == Verdict::match);
    CHECK(verdict(lines("\n# gw1 {W}\n  gw1\t{R}\n")) == Verdict::match);
    CHECK(verdict(lines("gw1 {R}\r\n")) == Verdict::match);
    CHECK(verdict(lines("g {R}\n"), "g") == Verdict::match);
    CHECK(verdict(lines("gw {R}\n"), "gw") == Verdict::match);
    CHECK(verdict(lines("GW1 {R}\n")) == Verdict::match);
    CHECK(verdict(lines("gw1 {R}\n"), "GW1") == Verdict::match);
    CHECK(verdict(lines("[gw1]:2222 {R}\n"), "gw1", 2222) == Verdict::match);
    CHECK(verdict(lines("gw1 {R}\n"), "gw1", 2222) == Verdict::match);
    CHECK(verdict(lines("gw2 {R}\n")) == Verdict::unknown);
    CHECK(verdict(lines("[gw1]:2222 {R}\n")) == Verdict::unknown);
    CHECK(verdict("") == Verdict::unknown);
}

TEST_CASE("patterns in known_hosts cover and exclude", "[remote]") {
    CHECK(verdict(lines("*.example.com {R}\n"), "gw.example.com") == Verdict::match);
    CHECK(verdict(lines("gw? {R}\n")) == Verdict::match);
    CHECK(verdict(lines("*a*b* {R}\n"), "xaybz") == Verdict::match);
    CHECK(verdict(lines("gw? {R}\n"), "gw10") == Verdict::unknown);
    CHECK(verdict(lines("*.example.com,!gw.example.com {R}\n"), "gw.example.com") == Verdict::unknown);
    CHECK(verdict(lines("!gw2,gw* {R}\n")) == Verdict::match);
}

TEST_CASE("hashed known_hosts names are found", "[remote]") {
    CHECK(verdict(hashed("gw1 {R}\n")) == Verdict::match);
    CHECK(verdict(hashed("gw1 {R}\n"), "gw2") == Verdict::unknown);
    CHECK(verdict(hashed("[gw1]:2222 {R}\n"), "gw1", 2222) == Verdict::match);
    CHECK(verdict(lines("|1|AAAA|AAAA {R}\n|1|x {R}\n|2|AAAA|AAAA {R}\n")) == Verdict::unknown);
}

TEST_CASE("a wrong or revoked key is never taken for a known one", "[remote]") {
    CHECK(verdict(lines("gw1 {W}\n")) == Verdict::changed);
    CHECK(verdict(lines("gw1 {W}\ngw1 {R}\n")) == Verdict::match);
    CHECK(verdict(lines("gw1 {E}\n")) == Verdict::other_type_only);
    CHECK(verdict(lines("gw1 {E}\ngw1 {W}\n")) == Verdict::changed);
    CHECK(verdict(lines("[gw1]:2222 {W}\ngw1 {R}\n"), "gw1", 2222) == Verdict::changed);
    CHECK(verdict(lines("@revoked gw1 {R}\ngw1 {R}\n")) == Verdict::revoked);
    CHECK(verdict(lines("gw1 {R}\n@revoked * {R}\n")) == Verdict::revoked);
    CHECK(verdict(lines("[gw1]:2222 {R}\n@revoked gw1 {R}\n"), "gw1", 2222) == Verdict::revoked);
    CHECK(verdict(lines("@revoked [gw1]:2222 {W}\ngw1 {R}\n"), "gw1", 2222) == Verdict::match);
    CHECK(verdict(lines("@revoked gw1 {W}\n")) == Verdict::unknown);
    CHECK(verdict(lines("@cert-authority gw1 {R}\n")) == Verdict::unknown);
}

TEST_CASE("lines that cannot be read are passed over", "[remote]") {
    CHECK(verdict(lines("garbage\ngw1\ngw1 ssh-ed25519\ngw1 ssh-ed25519 !!!!\ngw1 ssh-ed25519 AAAA\ngw1 {R}\n")) ==
          Verdict::match);
    CHECK(verdict(std::string(20'000, 'x') + lines("\ngw1 {R}\n")) == Verdict::match);
    std::string other_type = keys().right;
    other_type.replace(0, std::string("ssh-ed25519").size(), "ssh-rsa");
    CHECK(verdict("gw1 " + other_type) == Verdict::unknown);
}

TEST_CASE("a fingerprint is the one of ssh-keygen", "[remote]") {
    const auto outcome = shell(fmt::format("ssh-keygen -lf {}/right.pub", keys().folder.path().string()));
    CHECK(make_host_key(load_key(keys().folder.path() / "right").public_blob()).fingerprint ==
          split(outcome.out, ' ').at(1));
}
