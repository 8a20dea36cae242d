#include <array>
#include <csignal>
#include <filesystem>
#include <thread>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "umsadm/base/tcp.hpp"

#include "gateway_box.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

// A loopback port that answers every connection with `answer` and closes it; "silence" keeps it open.
class PlainServer {
public:
    explicit PlainServer(std::string answer) : m_answer(std::move(answer)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        m_listener = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(m_listener.get(), generic, size) == 0);
        REQUIRE(::listen(m_listener.get(), 4) == 0);
        REQUIRE(::getsockname(m_listener.get(), generic, &size) == 0);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { serve(); });
    }
    ~PlainServer() {
        m_stop = true;
        m_thread.join();
    }
    PlainServer(const PlainServer&) = delete;
    PlainServer& operator=(const PlainServer&) = delete;
    std::uint16_t port() const noexcept { return m_port; }

private:
    void serve() {
        std::vector<UniqueFd> open;
        while (!m_stop) {
            pollfd entry{m_listener.get(), POLLIN, 0};
            if (::poll(&entry, 1, 20) <= 0) continue;
            UniqueFd fd(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (m_answer == "silence") {
                open.push_back(std::move(fd));
                continue;
            }
            std::array<char, 4096> buffer{};
            (void)::recv(fd.get(), buffer.data(), buffer.size(), 0);
            (void)::send(fd.get(), m_answer.data(), m_answer.size(), MSG_NOSIGNAL);
        }
    }

    std::string m_answer;
    UniqueFd m_listener;
    std::uint16_t m_port = 0;
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

Probed probe_port(std::uint16_t port, bool with_health = false, std::chrono::seconds wait = std::chrono::seconds(10)) {
    return probe_tls(connect_tcp, {{"127.0.0.1", port}, with_health, Deadline::in(wait)});
}

}  // namespace

TEST_CASE("probe_tls reads the chain as sent and the health over one connection", "[deploy][probe]") {
    const TemporaryFolder folder;
    const BoxFiles files(folder.path());
    const Identity identity = make_identity("served");
    write_file(files.loaded(), identity.pem, 0600, IfExists::replace);
    const bool tls12 = GENERATE(false, true);
    if (tls12) write_text(folder.path() / "tls12", "");
    write_text(files.health(), "warn");
    const TlsServer server(folder.path());
    int dialled = 0;
    const Dial dial = [&](const Endpoint& endpoint, const Deadline& deadline) {
        ++dialled;
        return connect_tcp(endpoint, deadline);
    };
    const Probed probed = probe_tls(dial, {{"localhost", server.port()}, true, Deadline::in(std::chrono::seconds(10))});
    REQUIRE(probed.chain.size() == identity.chain.size());
    for (std::size_t i = 0; i < identity.chain.size(); ++i) CHECK(probed.chain[i].fingerprint() == identity.chain[i]);
    CHECK(probed.tls_version == (tls12 ? "TLSv1.2" : "TLSv1.3"));
    CHECK(probed.health == Health::warn);
    CHECK(dialled == 1);

    write_text(files.health(), "404");
    CHECK(probe_port(server.port(), true).health == Health::absent);
    CHECK(probe_port(server.port()).health == Health::unknown);
    fs::remove(files.health());
    const Probed without_answer = probe_port(server.port(), true);
    CHECK(without_answer.health == Health::unknown);
    CHECK_FALSE(without_answer.chain.empty());
}

TEST_CASE("a look in parts shows what was served when it began", "[deploy][probe]") {
    const TemporaryFolder folder;
    const BoxFiles files(folder.path());
    const Identity identity = make_identity("served");
    write_file(files.loaded(), identity.pem, 0600, IfExists::replace);
    write_text(files.health(), "ok");
    const TlsServer server(folder.path());
    PortLook look(connect_tcp, {{"localhost", server.port()}, true, Deadline::in(std::chrono::seconds(10))});
    look.begin();
    sleep_for(std::chrono::milliseconds(300), Deadline::in(std::chrono::seconds(1)));
    const Identity other = make_identity("other");
    write_file(files.loaded(), other.pem, 0600, IfExists::replace);
    look.ask();
    const Probed seen = look.finish();
    REQUIRE_FALSE(seen.chain.empty());
    CHECK(seen.chain.front().fingerprint() == identity.chain.front());
    CHECK(seen.health == Health::ok);
    CHECK(probe_port(server.port()).chain.front().fingerprint() == other.chain.front());
}

TEST_CASE("a look that the server ends between its parts shows nothing", "[deploy][probe]") {
    const PlainServer server("");
    PortLook look(connect_tcp, {{"127.0.0.1", server.port()}, true, Deadline::in(std::chrono::seconds(10))});
    look.begin();
    sleep_for(std::chrono::milliseconds(200), Deadline::in(std::chrono::seconds(1)));
    const Probed seen = look.finish();
    CHECK(seen.chain.empty());
    CHECK(seen.health == Health::unknown);
}

TEST_CASE("probe_tls tells nothing served from a port that cannot be probed", "[deploy][probe]") {
    SECTION("refused") {
        const UniqueFd unused(::socket(AF_INET, SOCK_STREAM, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(unused.get(), generic, size) == 0);  // bound, but nobody listens
        REQUIRE(::getsockname(unused.get(), generic, &size) == 0);
        const Probed probed = probe_port(ntohs(address.sin_port));
        CHECK(probed.chain.empty());
        CHECK(probed.nothing_reason == "connection refused");
    }
    SECTION("no TLS") {
        const PlainServer server("HTTP/1.1 400 Bad Request\r\n\r\n");
        const Probed probed = probe_port(server.port());
        CHECK(probed.chain.empty());
        CHECK(probed.nothing_reason.starts_with("no TLS: "));
    }
    SECTION("closed at once") {
        const PlainServer server("");
        const Probed probed = probe_port(server.port());
        CHECK(probed.chain.empty());
        CHECK(probed.nothing_reason.find("closed") != std::string::npos);
    }
    SECTION("silent") {
        const PlainServer server("silence");
        try {
            probe_port(server.port(), false, std::chrono::seconds(1));
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.code() == Code::unreachable);
        }
    }
    SECTION("no such name") {
        try {
            probe_tls(connect_tcp, {{"no-such-host.invalid", 8443}, false, Deadline::in(std::chrono::seconds(5))});
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.code() == Code::unreachable);
        }
    }
}

TEST_CASE("probe_tls sees the certificate of a server that wants one of ours", "[deploy][probe]") {
    if (std::system("command -v openssl >/dev/null") != 0) {
        WARN("skipped: openssl(1) is not installed");
        return;
    }
    const TemporaryFolder folder;
    const BoxFiles files(folder.path());
    const Identity identity = make_identity("strict");
    write_file(files.loaded(), identity.pem, 0600, IfExists::replace);
    const std::string version = GENERATE("-tls1_2", "-tls1_3");
    CAPTURE(version);
    const std::string log = (folder.path() / "s_server.log").string();
    const std::string pid_file = (folder.path() / "pid").string();
    write_text(log, "");
    const std::string pem = files.loaded().string();
    const std::string start = "openssl s_server -accept 127.0.0.1:0 -cert " + pem + " -cert_chain " + pem + " -key " +
                              pem + " -www -Verify 1 -verify_return_error " + version + " >" + log +
                              " 2>&1 </dev/null & echo $! >" + pid_file;
    REQUIRE(std::system(start.c_str()) == 0);
    const int pid = std::stoi(read_text_file(pid_file, 20));
    std::uint16_t port = 0;
    const Deadline limit = Deadline::in(std::chrono::seconds(10));
    while (port == 0 && !limit.passed()) {
        const std::string text = read_text_file(log, 100'000);
        const auto at = text.find("ACCEPT 127.0.0.1:");
        if (at != std::string::npos) port = static_cast<std::uint16_t>(std::stoi(text.substr(at + 17)));
        sleep_for(std::chrono::milliseconds(20), limit);
    }
    const Probed probed = port == 0 ? Probed() : probe_port(port, true);
    ::kill(pid, SIGKILL);
    REQUIRE(port != 0);
    CAPTURE(probed.nothing_reason);
    REQUIRE_FALSE(probed.chain.empty());
    CHECK(probed.chain.front().fingerprint() == identity.chain.front());
    CHECK(probed.health == Health::unknown);
}

TEST_CASE("probe_tls stops when the user interrupts", "[deploy][probe]") {
    const PlainServer server("silence");
    Cancellation cancellation;
    std::thread later([&] {
        sleep_for(std::chrono::milliseconds(100), Deadline::in(std::chrono::seconds(1)));
        cancellation.request();
    });
    Code code = Code::failed;
    try {
        probe_tls(connect_tcp,
                  {{"127.0.0.1", server.port()}, false, Deadline::in(std::chrono::seconds(20), &cancellation)});
    } catch (const Error& error) {
        code = error.code();
    }
    later.join();
    CHECK(code == Code::interrupted);
}

TEST_CASE("probes of several threads see each what their own server shows", "[deploy][probe][threads]") {
    struct Served {
        explicit Served(const std::string& name) : identity(make_identity(name)), server(folder.path()) {
            write_file(BoxFiles(folder.path()).loaded(), identity.pem, 0600, IfExists::replace);
        }
        TemporaryFolder folder;
        Identity identity;
        TlsServer server;
    };
    const Served one("one");
    const Served two("two");
    std::atomic<int> right{0};
    const auto look = [&](const Served& served) {
        for (int round = 0; round < 10; ++round) {
            const Probed probed = probe_port(served.server.port());
            right += !probed.chain.empty() && probed.chain.front().fingerprint() == served.identity.chain.front();
        }
    };
    std::thread other([&] { look(two); });
    look(one);
    other.join();
    CHECK(right == 20);
}
