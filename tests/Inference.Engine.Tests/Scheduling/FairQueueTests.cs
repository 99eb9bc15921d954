using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

public sealed class FairQueueTests
{
    [Fact]
    public void First_RandomTraffic_IsTheOldestOfTheClientServedLeast()
    {
        const int Seed = 11;
        var random = new Random(Seed);
        var queue = new FairQueue();
        ClientAccount[] clients = [.. Enumerable.Range(0, 6).Select(index => new ClientAccount(index))];
        var waiting = new List<Sequence>();
        for (var id = 1; id <= 20_000; id++)
        {
            var client = clients[random.Next(clients.Length)];
            var choice = random.Next(4);
            if (choice == 0)
            {
                client.Served += random.Next(1, 3);
            }
            else if (choice == 1 && waiting.Count > 0)
            {
                var gone = waiting[random.Next(waiting.Count)];
                queue.Remove(gone);
                waiting.Remove(gone);
            }
            else if (waiting.Count < 12)
            {
                var sequence = new Sequence(id, TestRequest.Greedy(promptLength: 2, maxTokens: 2), 100, 1, 0) { Standing = new Standing(0, id), Client = client };
                queue.Add(sequence);
                waiting.Add(sequence);
            }

            var expected = waiting.MinBy(sequence => (sequence.Client.Served, sequence.Client.Index, sequence.Id));
            Assert.True(expected == queue.First, $"seed {Seed}, step {id}: {queue.First?.Id} comes first, not {expected?.Id}");
            Assert.Equal(waiting.Count, queue.Count);
        }
    }
}
