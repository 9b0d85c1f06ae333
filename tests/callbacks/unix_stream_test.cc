/* SPDX-License-Identifier: MIT */
/* Streams and servers at UNIX addresses. */
#include "callbacks/unix_stream.h"

#include "transports_fixture.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>

namespace
{

class UnixStreamTest : public TransportsTest
{
  protected:
    void SetUp() override
    {
        char name[] = "/tmp/unix_stream_XXXXXX";
        ASSERT_TRUE(mkdtemp(name));
        folder = name;
        path = folder + "/socket";
        TransportsTest::SetUp();
    }
    void TearDown() override
    {
        TransportsTest::TearDown();
        std::filesystem::remove_all(folder);
    }
    struct Server : stream_server {
        Server() : stream_server()
        {
            accepted = [](stream_server *base, int fd) {
                auto *self = static_cast<Server *>(base);
                stream_adopt(&self->stream, self->shared, fd, &self->diary);
                return &self->stream;
            };
        }
        stream_transport stream = {};
        Diary diary;
    };
    int listen()
    {
        return unix_server_listen(&server, &shared, path.c_str());
    }
    int connect()
    {
        return unix_stream_connect(&client, &shared, path.c_str(), &diary);
    }
    std::string folder, path;
    Server server;
    stream_transport client;
    Diary diary;
};

TEST_F(UnixStreamTest, AClientAndAServerTalk)
{
    ASSERT_EQ(listen(), 0);
    ASSERT_EQ(connect(), 0);
    diary.when_made = [this] { put(&client.transport, "question"); };
    server.diary.when_received = [this] {
        put(&server.stream.transport, "answer to " + server.diary.bytes);
        transport_close(&server.stream.transport);
        unix_server_close(&server, path.c_str());
    };
    run();
    EXPECT_EQ(diary.bytes, "answer to question");
    EXPECT_EQ(diary.text, "made data eof lost ");
    EXPECT_EQ(server.diary.text, "made data lost ");
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(UnixStreamTest, HalfClosesAsTcpDoes_TP4)
{
    ASSERT_EQ(listen(), 0);
    ASSERT_EQ(connect(), 0);
    server.diary.keeps_open = true;
    diary.when_made = [this] {
        put(&client.transport, "all");
        transport_write_eof(&client.transport);
    };
    server.diary.when_received = [this] {
        put(&server.stream.transport, "heard");
        transport_close(&server.stream.transport);
        unix_server_close(&server, path.c_str());
    };
    run();
    EXPECT_EQ(diary.text, "made data eof lost ");
}

TEST_F(UnixStreamTest, WhereNoServerIsNothingBegins)
{
    EXPECT_EQ(connect(), -ENOENT);
    ASSERT_EQ(listen(), 0);
    stream_server_close(&server); /* its file stays */
    EXPECT_EQ(connect(), -ECONNREFUSED);
    EXPECT_EQ(diary.text, "");
}

TEST_F(UnixStreamTest, APathThatIsTooLongIsRefused)
{
    path = folder + "/" + std::string(120, 'x');
    EXPECT_EQ(listen(), -ENAMETOOLONG);
    EXPECT_EQ(connect(), -ENAMETOOLONG);
}

TEST_F(UnixStreamTest, AFileThatAServerHasLeftIsReplaced)
{
    ASSERT_EQ(listen(), 0);
    stream_server_close(&server);
    EXPECT_TRUE(std::filesystem::exists(path));
    ASSERT_EQ(listen(), 0);
    unix_server_close(&server, path.c_str());
    unix_server_close(&server, path.c_str());
}

TEST_F(UnixStreamTest, AServerThatListensKeepsItsAddress)
{
    Server second;
    ASSERT_EQ(listen(), 0);
    EXPECT_EQ(unix_server_listen(&second, &shared, path.c_str()), -EADDRINUSE);
    unix_server_close(&server, path.c_str());
}

TEST_F(UnixStreamTest, AFileThatIsNotASocketIsKept)
{
    std::ofstream(path) << "precious";
    EXPECT_EQ(listen(), -EADDRINUSE);
    EXPECT_EQ(std::filesystem::file_size(path), 8u);
}

TEST_F(UnixStreamTest, ASocketThatListensAlreadyIsTakenOver)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::listen(fd, 1), 0); /* at a free port */
    ASSERT_EQ(stream_server_adopt(&server, &shared, fd), 0);
    struct address address;
    ASSERT_EQ(stream_server_address(&server, &address), 0);
    address.socket.ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(stream_connect(&client, &shared, &address, &diary), 0);
    server.diary.when_made = [this] {
        transport_close(&server.stream.transport);
        stream_server_close(&server);
    };
    run();
    EXPECT_EQ(diary.text, "made eof lost ");
}

} // namespace
