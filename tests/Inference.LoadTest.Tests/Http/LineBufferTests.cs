using System.Text;
using Inference.LoadTest.Http;

namespace Inference.LoadTest.Tests.Http;

public sealed class LineBufferTests
{
    [Fact]
    public void TryReadLine_AnyPieces_GivesTheSameLines()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var lines = Enumerable.Range(0, 30).Select(_ => new string('x', random.Next(8) == 0 ? random.Next(20_000) : random.Next(40))).ToArray();
            var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + (random.Next(2) == 0 ? "\n" : "\r\n"))) + "rest");
            using var buffer = new LineBuffer();
            var read = new List<string>();

            for (var sent = 0; sent < bytes.Length;)
            {
                var space = buffer.Space();
                var count = Math.Min(Math.Min(space.Length, bytes.Length - sent), 1 + random.Next(5000));
                bytes.AsMemory(sent, count).CopyTo(space);
                buffer.Received(count);
                sent += count;
                while (buffer.TryReadLine(out var line))
                    read.Add(Encoding.UTF8.GetString(line.Span));
            }

            Assert.True(lines.SequenceEqual(read), $"seed {seed}");
            Assert.Equal("rest", Encoding.UTF8.GetString(buffer.Rest().Span));
        }
    }
}
