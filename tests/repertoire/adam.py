import math

w = 5.0
m = 0.0
v = 0.0
for t in range(1, 13):
    g = 2 * w
    m = 0.9 * m + 0.1 * g
    v = 0.99 * v + 0.01 * g * g
    m_hat = m / (1 - 0.9**t)
    v_hat = v / (1 - 0.99**t)
    w -= 0.5 * m_hat / (math.sqrt(v_hat) + 1e-8)
print(w < 5)
