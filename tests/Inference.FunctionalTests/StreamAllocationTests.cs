using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Inference.Engine.Execution;

namespace Inference.FunctionalTests;

/// <summary>What a streamed token leaves to the garbage collector, from the engine's step to the client's socket.</summary>
[CollectionDefinition(nameof(StreamAllocationTests), DisableParallelization = true)]
[Collection(nameof(StreamAllocationTests))]
public sealed class StreamAllocationTests
{
    private const int Streams = 32;
    private const int WarmUpSteps = 300;
    private const int CountedSteps = 500;

    // Steps that the first streams may get while the last ones have yet to be accepted.
    private const int StartSteps = 1000;

    [Theory]
    [InlineData("/v1/completions", "\"prompt\": \"a\"")]
    [InlineData("/v1/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]")]
    [InlineData("/v1/responses", "\"input\": \"a\"", "max_output_tokens")]
    public async Task Stream_OneEventForEachToken_AllocatesLittle(string path, string prompt, string limit = "max_tokens")
    {
        using var executor = new SteppedExecutor();
        await using var app = await RunningServer.StartAsync(executor, options: null, model: null);
        var address = new Uri(app.Urls.First());
        var body = $$"""{{{prompt}}, "{{limit}}": {{StartSteps + WarmUpSteps + CountedSteps}}, "temperature": 0, "stream": true, "ignore_eos": true}""";
        var clients = Enumerable.Range(0, Streams).Select(_ => new EventCounter(address, path, body)).ToArray();

        // Until every stream has an event; slowly, for the first ones should not be over before the last have begun.
        while (clients.Any(client => client.Events == 0))
        {
            executor.ReleaseOne();
            await Task.Delay(20, TestContext.Current.CancellationToken);
            foreach (var client in clients)
            {
                client.ReadWhatIsThere();
            }
        }

        Run(WarmUpSteps);
        var (before, start) = (GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        Run(CountedSteps);
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / (CountedSteps * Streams);
        var time = Stopwatch.GetElapsedTime(start) / (CountedSteps * Streams);

        TestContext.Current.TestOutputHelper!.WriteLine($"{path}: {bytes} bytes and {time.TotalMicroseconds:0.0} us per token");
        foreach (var client in clients)
        {
            client.Dispose();
        }

        Assert.InRange(bytes, 1, 640);

        void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                var target = clients.Min(client => client.Events) + 1;
                executor.ReleaseOne();
                foreach (var client in clients)
                {
                    client.ReadUntil(target);
                }
            }
        }
    }

    /// <summary>Runs a step for each release; every token is an "a".</summary>
    private sealed class SteppedExecutor : IModelExecutor, IDisposable
    {
        private readonly SemaphoreSlim _permits = new(0);
        private readonly int _token = Alphabet.IdOf('a');

        public ModelLimits Limits { get; } = new(512, MaxModelLength: 2048, BlockSize: 16, BlockCount: 8192);

        public void ReleaseOne() => _permits.Release();

        public ValueTask<StepResult> ExecuteAsync(StepPlan plan, CancellationToken cancellationToken)
        {
            _permits.Wait(cancellationToken);
            return ValueTask.FromResult<StepResult>(new GreedyRows(plan.LogitsRows, _token));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void Dispose() => _permits.Dispose();
    }

    private sealed class GreedyRows(int rows, int token) : StepResult
    {
        public override int Rows => rows;

        public override int VocabularySize => 512;

        public override int? ArgMax(int row) => token;

        public override Span<float> Row(int row) => throw new NotSupportedException("Greedy requests need no logits.");
    }

    /// <summary>A client that counts the ends of events and allocates nothing: not even an assertion.</summary>
    private sealed class EventCounter : IDisposable
    {
        private readonly TcpClient _client;
        private readonly byte[] _buffer = new byte[64 << 10];
        private bool _isInHeaders = true;

        public EventCounter(Uri address, string path, string body)
        {
            _client = new TcpClient(address.Host, address.Port) { ReceiveTimeout = 60_000 };
            _client.GetStream().Write(Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        }

        public int Events { get; private set; }

        public void ReadWhatIsThere()
        {
            if (_client.Available > 0)
            {
                Read();
            }
        }

        public void ReadUntil(int events)
        {
            while (Events < events)
            {
                Read();
            }
        }

        public void Dispose() => _client.Dispose();

        private void Read()
        {
            var received = _buffer.AsSpan(0, _client.Client.Receive(_buffer));
            if (received.IsEmpty)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }

            if (_isInHeaders)
            {
                _isInHeaders = received.IndexOf("data: "u8) < 0;
            }

            Events += received.Count("\n\n"u8);
        }
    }
}
