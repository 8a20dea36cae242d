#include <catch2/catch.hpp>

#include "lib/remote/framed_output.hpp"
#include "lib/remote/shell_text.hpp"
#include "lib/remote/ssh_identity.hpp"
#include "lib/remote/ssh_password.hpp"
#include "lib/remote/wire.hpp"
#include "unit/remote/sshd_fixture.hpp"

using namespace umsadm;
using namespace umsadm::remote;

TEST_CASE("the command line passes every login shell unchanged", "[remote]") {
    for (const Terminal terminal : {Terminal::none, Terminal::needed}) {
        for (const std::string& argument : shell_arguments(ShellTokens::make(), terminal)) {
            INFO(argument);
            CHECK(argument.find_first_of("'\\!\n") == std::string::npos);
        }
    }
}

TEST_CASE("every connection has tokens of its own", "[remote]") {
    const auto first = ShellTokens::make();
    const auto second = ShellTokens::make();
    CHECK(first.start != second.start);
    CHECK(first.prompt != second.prompt);
    CHECK(first.end != second.end);
    CHECK(first.start != first.end);
}

TEST_CASE("FramedOutput finds the end wherever the stream is cut", "[remote]") {
    const std::string stream = std::string("binary\0umsadm-en umsadm-end", 27) + "X\numsadm-end 42\n";
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        FramedOutput output("umsadm-end", 1000);
        for (std::size_t at = 0; at < stream.size(); at += step) {
            const ByteView part = as_bytes(std::string_view(stream).substr(at, step));
            output.arrived().insert(output.arrived().end(), part.begin(), part.end());
            output.advance();
        }
        REQUIRE(output.complete());
        CHECK(output.status() == 42);
        CHECK_FALSE(output.overflowed());
        CHECK((as_text(output.take()) == std::string_view(stream).substr(0, 29)));
    }
}

TEST_CASE("FramedOutput keeps no more than it may, and refuses an impossible status", "[remote]") {
    FramedOutput output("END", 4);
    const auto feed = [](FramedOutput& to, std::string_view text) {
        const ByteView bytes = as_bytes(text);
        to.arrived().insert(to.arrived().end(), bytes.begin(), bytes.end());
        to.advance();
    };
    feed(output, "12");
    feed(output, "3456789");
    feed(output, "END 0\n");
    CHECK(output.complete());
    CHECK(output.overflowed());
    CHECK(as_text(output.take()) == "1234");
    for (const std::string text : {"END x\n", "END \n", "END 1x\n", "END 12345678901234567890"}) {
        FramedOutput broken("END", 4);
        CHECK(test::error_of([&] { feed(broken, text); }).code() == Code::unreachable);
    }
}

TEST_CASE("questions for a new password are told apart", "[remote]") {
    CHECK(asks_for_password("Password: "));
    CHECK(asks_for_password("(admin@gw) Password: "));
    CHECK(asks_for_password("admin@newton's password: "));
    CHECK_FALSE(asks_for_password("Verification code: "));
    for (const std::string prompt : {"New password: ", "Current password: ", "Retype new password: ",
                                     "(current) UNIX password: ", "Enter old password: ", "Password again: "}) {
        CHECK_FALSE(asks_for_password(prompt));
        CHECK(asks_for_new_password(prompt));
    }
}

TEST_CASE("RSA signatures are what the server knows", "[remote]") {
    CHECK(signature_algorithm("ssh-rsa", "SSH-2.0-OpenSSH_9.2p1 Debian-2") == "rsa-sha2-512");
    CHECK(signature_algorithm("ssh-rsa", "SSH-2.0-OpenSSH_7.2") == "rsa-sha2-512");
    CHECK(signature_algorithm("ssh-rsa", "SSH-2.0-OpenSSH_10.0") == "rsa-sha2-512");
    CHECK(signature_algorithm("ssh-rsa", "SSH-2.0-OpenSSH_7.1") == "ssh-rsa");
    CHECK(signature_algorithm("ssh-rsa", "SSH-2.0-OpenSSH_6.6.1p1") == "ssh-rsa");
    CHECK(signature_algorithm("ssh-rsa", "SSH-2.0-dropbear_2022.83") == "ssh-rsa");
    CHECK(signature_algorithm("ssh-ed25519", "SSH-2.0-OpenSSH_9.2") == "ssh-ed25519");
}

TEST_CASE("wire data is written as RFC 4251 says and read back with checks", "[remote]") {
    const Bytes high{0x00, 0x80, 0x01};
    const Bytes bytes = WireWriter().u32(7).string("ab").mpint(high).mpint({}).byte(9).take();
    CHECK(bytes == Bytes{0, 0, 0, 7, 0, 0, 0, 2, 'a', 'b', 0, 0, 0, 3, 0, 0x80, 1, 0, 0, 0, 0, 9});
    WireReader reader(bytes, "it");
    CHECK(reader.u32() == 7);
    CHECK(reader.text() == "ab");
    CHECK(to_bytes(reader.mpint()) == Bytes{0x80, 1});
    CHECK(reader.mpint().empty());
    CHECK(reader.byte() == 9);
    CHECK(reader.rest().empty());
    CHECK(test::error_of([&] { reader.byte(); }).code() == Code::invalid_data);
    const Bytes huge{0xFF, 0xFF, 0xFF, 0xFF, 1};
    CHECK(test::error_of([&] { WireReader(huge, "it").string(); }).code() == Code::invalid_data);
}
