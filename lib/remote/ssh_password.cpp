#include "lib/remote/ssh_password.hpp"

#include <cstdlib>
#include <cstring>

#include "umsadm/base/text.hpp"

namespace umsadm::remote {
namespace {

struct Dialogue {
    const Secret* password;
    bool answered = false;
    bool expired = false;
};

void answer(Dialogue& dialogue, const LIBSSH2_USERAUTH_KBDINT_PROMPT& prompt,
            LIBSSH2_USERAUTH_KBDINT_RESPONSE& response) {
    const std::string_view text(prompt.text, prompt.length);
    if (asks_for_new_password(text)) {
        dialogue.expired = true;
        return;
    }
    if (dialogue.answered || prompt.echo != 0 || !asks_for_password(text)) return;
    dialogue.answered = true;
    const std::string_view password = dialogue.password->reveal();
    // libssh2 gives it back with free(), unwiped; there is no other way to hand it over.
    response.text = static_cast<char*>(std::malloc(password.size() + 1));
    if (response.text == nullptr) return;
    std::memcpy(response.text, password.data(), password.size());
    response.length = static_cast<unsigned>(password.size());
}

void answer_for_libssh2(const char* /*name*/, int /*name_size*/, const char* /*instruction*/, int /*instruction_size*/,
                        int count, const LIBSSH2_USERAUTH_KBDINT_PROMPT* prompts,
                        LIBSSH2_USERAUTH_KBDINT_RESPONSE* responses, void** abstract) {
    auto& dialogue = *static_cast<Dialogue*>(SshSession::callback_context(abstract));
    for (int i = 0; i < count; ++i) answer(dialogue, prompts[i], responses[i]);
}

PasswordAnswer meaning(int rc) {
    switch (rc) {
        case 0: return PasswordAnswer::accepted;
        case LIBSSH2_ERROR_AUTHENTICATION_FAILED: return PasswordAnswer::refused;
        case LIBSSH2_ERROR_PASSWORD_EXPIRED: return PasswordAnswer::expired;
        default: return PasswordAnswer::closed;
    }
}

}  // namespace

bool asks_for_new_password(std::string_view prompt) {
    const std::string text = to_lower(prompt);
    for (const std::string_view word : {"new ", "current ", "retype", "old ", "again", "(current)"}) {
        if (text.find(word) != std::string::npos) return true;
    }
    return false;
}

bool asks_for_password(std::string_view prompt) {
    return to_lower(prompt).find("password") != std::string::npos && !asks_for_new_password(prompt);
}

PasswordAnswer send_password(SshSession& session, const std::string& user, const Secret& password,
                             const Deadline& deadline) {
    const std::string_view text = password.reveal();
    return meaning(session.finish(deadline, "logging in", [&] {
        return libssh2_userauth_password_ex(session.raw(), user.data(), static_cast<unsigned>(user.size()), text.data(),
                                            static_cast<unsigned>(text.size()), nullptr);
    }));
}

PasswordAnswer answer_questions(SshSession& session, const std::string& user, const Secret& password,
                                const Deadline& deadline) {
    Dialogue dialogue{&password};
    session.set_callback_context(&dialogue);
    const int rc = session.finish(deadline, "logging in", [&] {
        return libssh2_userauth_keyboard_interactive_ex(session.raw(), user.data(), static_cast<unsigned>(user.size()),
                                                        answer_for_libssh2);
    });
    return dialogue.expired ? PasswordAnswer::expired : meaning(rc);
}

}  // namespace umsadm::remote
